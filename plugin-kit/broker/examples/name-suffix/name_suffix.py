"""Prefers targets whose name ends in a suffix: a plug-in in Python. JSON-RPC 2.0 on standard input and output, one message on each line."""
import json
import sys
from collections import deque

state = {"id": 0, "suffix": ""}
backlog = deque()


def send(**message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def receive():
    line = sys.stdin.readline()
    return json.loads(line) if line else sys.exit(0)


def ask(method, *params):
    """Asks the broker. What the broker asks meanwhile waits, but for its ping."""
    state["id"] += 1
    send(id=state["id"], method=method, params=list(params))
    while True:
        message = receive()
        if message.get("method") == "ping":
            answer(message)
        elif "method" in message:
            backlog.append(message)
        elif message["id"] == state["id"]:
            return message.get("result")


def get_most_suitable_target(params):
    best, iterator = None, None
    while True:
        page = ask("globalStore.enumerateTargets", {"collection": params["connection"]["collection"]}, iterator)
        for target in page["items"]:
            free = target["state"] == "running" and not target["drain"] and target["owner"] is None
            load = (target["numSessions"] + target["numPendingConnections"]) / target["weight"]
            if free and target["name"].endswith(state["suffix"]) and (best is None or load < best[0]):
                best = (load, target["name"])
        iterator = page["iterator"]
        if iterator is None:
            return None if best is None else {"targetName": best[1], "isNewConnection": True}


def answer(message):
    result = None
    if message["method"] == "initialize":
        state["suffix"] = message["params"]["settings"].get("suffix", "")
        result = {"methods": ["getMostSuitableTarget"]}
    elif message["method"] == "getMostSuitableTarget":
        result = get_most_suitable_target(message["params"])
    if "id" in message:
        send(id=message["id"], result=result)


while True:
    answer(backlog.popleft() if backlog else receive())
