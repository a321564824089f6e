"""The alliance at work: who belongs to it, what it wants, what is under way, what the next meeting is about."""
