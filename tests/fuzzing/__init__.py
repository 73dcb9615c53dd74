"""Readers of what others send, tried by a fuzzer that is guided by what they execute (atheris), from examples of the other tests."""
