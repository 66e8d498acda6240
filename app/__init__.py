"""How people meet Nailworks: the command line and the browser pages."""
