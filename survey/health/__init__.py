"""Whether the service is well, what it has done, and what it writes down of requests: for whoever runs it."""
