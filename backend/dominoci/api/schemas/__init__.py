"""What goes in and out over HTTP. One module a topic; the class names are the component names of docs/openapi.json."""
