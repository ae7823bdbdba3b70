"""A served helpdesk of a small plan: features that are refused, and organizations that nobody made."""

import json

from werkzeug.wrappers import Request, Response

from demo.app import create_app
from demo.tokens import Tokens
from demo.world import World

FORBIDDEN = {
    "error": {
        "title": "Forbidden",
        "message": "You do not have access to this page. Please contact the account owner of this help desk for further help.",
    }
}


class SmallPlan:
    """The demo company's helpdesk; `refused` paths answer with a status, and no organization is known."""

    def __init__(self, world: World, as_of, refused, clients):
        self.app = create_app(world.company(as_of), tokens=Tokens(clients=clients))
        self.refused = refused
        self.asked = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append(request.path)
        for path, status in self.refused.items():
            if path in request.path:
                body = FORBIDDEN if status == 403 else {"error": "InvalidEndpoint", "description": "Not found"}
                return Response(json.dumps(body), status, content_type="application/json")(environ, start_response)
        response = self.app.answer(request)
        if request.path.startswith("/zendesk/") and response.status_code == 200:
            response.set_data(json.dumps(without_organizations(json.loads(response.get_data()))))
        return response(environ, start_response)


def without_organizations(value):
    """The answer as it is where people belong to no organization."""
    if isinstance(value, dict):
        known = {"organizations": [], "organization_id": None}
        return {key: known[key] if key in known else without_organizations(one) for key, one in value.items()}
    return [without_organizations(one) for one in value] if isinstance(value, list) else value
