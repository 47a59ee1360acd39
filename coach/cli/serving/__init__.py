"""Several servers behind one port: their ports, the balancer before them, and keeping them running."""
