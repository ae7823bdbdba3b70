-- files name no working hours: their tickets have minutes of the calendar alone
{{ no_rows({'source_name': 'string', 'schedule_id': 'string', 'schedule_name': 'string', 'time_zone': 'string', 'created_at': 'timestamp', 'listed_until': 'timestamp'}) }}
