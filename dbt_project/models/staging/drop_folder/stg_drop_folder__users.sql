-- files do not say whose access to the helpdesk has ended
{{ no_rows({'source_name': 'string', 'user_id': 'string', 'is_suspended': 'boolean', 'is_deleted': 'boolean', 'updated_at': 'timestamp'}) }}
