"""Whether what is kept is what was received and logged, and heads of the log that prove it later."""
