"""Files that others send, looked at by ClamAV."""
