-- files name no working hours: their tickets have minutes of the calendar alone
{{ no_rows({'source_name': 'string', 'schedule_id': 'string', 'time_zone': 'string', 'starts_minute': 'integer', 'ends_minute': 'integer', 'valid_from': 'timestamp', 'valid_to': 'timestamp'}) }}
