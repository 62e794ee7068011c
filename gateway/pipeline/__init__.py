"""From an accepted event to a decision: a handler for each lane.

`inbound` puts each accepted event into its conversation, screened for danger, without ever
waiting for the assistant. `answering` lets the bot answer what the bot owns. `watching` forgets
nobody. Each decision is a pure transition, committed in one transaction; when the conversation
changed meanwhile, it is read again and decided again.
"""
