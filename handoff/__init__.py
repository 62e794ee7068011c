"""The desk: where listeners take over conversations, answer and close them."""
