"""What stands between the network and the routes: plain ASGI, since each of them costs every request."""
