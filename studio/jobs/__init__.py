"""Work that outlives a click: a durable queue, a worker, the tasks."""
