"""What the tests over HTTP share: an instance, clients, tokens, a runner."""
