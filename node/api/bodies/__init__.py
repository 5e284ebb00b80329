"""What the API takes: a struct for each request's JSON, or for its query. Unknown fields are refused, so that a typing
mistake is noticed; what the fields may say is decided where the record is made."""
