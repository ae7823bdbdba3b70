select {{ publication_columns() }}
