from datetime import date

import pytest
from werkzeug.test import Client

from demo.app import create_app
from demo.company import build

EPOCH = date(2023, 11, 1)
AS_OF = date(2026, 11, 21)
ACCOUNTS = 40


@pytest.fixture(scope="session")
def company():
    return build(EPOCH, AS_OF, ACCOUNTS)


@pytest.fixture(scope="session")
def app(company):
    return create_app(company)


@pytest.fixture(scope="session")
def get(app):
    """GET a path with some credential and read the JSON of a 200."""
    client = Client(app)

    def fetch(path, status=200):
        response = client.get(path, headers={"Authorization": "Bearer anything"})
        assert response.status_code == status, f"{path}: {response.status_code} {response.text[:200]}"
        return response.json

    return fetch
