"""What the launcher tells the person at the terminal: one line for each change of a part."""


def say(name: str, state: str) -> None:
    print(f"  {name:<18} {state}", flush=True)
