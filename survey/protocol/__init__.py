"""The protocol of interviews: what is checked of each, what a doubt does to its acceptance, and the limits of every visit."""
