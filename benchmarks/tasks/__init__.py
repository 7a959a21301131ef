"""One module a task: documents in, predictions out, through the functions of the pipeline."""
