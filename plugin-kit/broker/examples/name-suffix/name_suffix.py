"""Prefers targets whose name ends in a suffix: a plug-in in Python. JSON-RPC 2.0 on standard input and output, one message on each line."""
import json
import sys

ids = 0


def send(**message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def ask(method, *params):
    """Asks the broker, and answers what it asks meanwhile."""
    global ids
    ids += 1
    mine = ids
    send(id=mine, method=method, params=list(params))
    while True:
        message = json.loads(sys.stdin.readline())
        if "method" in message:
            answer(message)
        elif message["id"] == mine:
            return message.get("result")


def get_most_suitable_target(params):
    page = ask("globalStore.enumerateTargets", {"collection": params["connection"]["collection"]}, None)
    best = None
    while True:
        for target in page["items"]:
            free = target["state"] == "running" and not target["drain"] and target["owner"] is None
            load = (target["numSessions"] + target["numPendingConnections"]) / target["weight"]
            if free and target["name"].endswith(suffix) and (best is None or load < best[0]):
                best = (load, target["name"])
        if page["iterator"] is None:
            break
        page = ask("globalStore.enumerateTargets", {}, page["iterator"])
    return None if best is None else {"targetName": best[1], "isNewConnection": True}


def answer(message):
    global suffix
    result = None
    if message["method"] == "initialize":
        suffix = message["params"]["settings"].get("suffix", "")
        result = {"methods": ["getMostSuitableTarget"]}
    elif message["method"] == "getMostSuitableTarget":
        result = get_most_suitable_target(message["params"])
    if "id" in message:
        send(id=message["id"], result=result)


for line in sys.stdin:
    answer(json.loads(line))
