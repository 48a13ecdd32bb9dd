"""The service over HTTP: thin routes that verify who asks, call one command or query, and answer."""
