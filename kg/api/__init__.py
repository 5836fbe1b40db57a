"""The service: everything that kg answers, over HTTP. The web process never evaluates a query; workers do."""
