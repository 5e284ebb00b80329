"""The résumé: a reputation bundle as one static page that checks itself."""
