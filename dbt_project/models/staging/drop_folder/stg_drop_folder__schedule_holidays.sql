-- files name no working hours: their tickets have minutes of the calendar alone
{{ no_rows({'source_name': 'string', 'schedule_id': 'string', 'holiday_id': 'string', 'starts_on': 'date', 'ends_on': 'date', 'valid_from': 'timestamp', 'valid_to': 'timestamp'}) }}
