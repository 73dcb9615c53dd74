"""Serving tablets over https in a network without internet: our own certificate authority, and the page that walks them through trust."""
