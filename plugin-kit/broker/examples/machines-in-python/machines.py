"""Makes machines and does tasks: a plug-in in Python. JSON-RPC 2.0 on standard input and output, one message on each line.

Each job and each task has a thread of its own, so that the broker's ping is answered at once whatever they wait for."""
import json
import sys
import threading

writing = threading.Lock()
waiting = {}  # id of a question of ours: [event, result, error]
jobs = {}  # id of a job: event that cancels it
known = {}  # task of a queue, also one that has ended: (host, event that ends it)
state = {"id": 0, "host": ""}


def send(**message):
    with writing:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def ask(method, *params):
    answer = [threading.Event(), None, None]
    with writing:
        state["id"] += 1
        number = state["id"]
        waiting[number] = answer
    send(id=number, method=method, params=list(params))
    answer[0].wait()
    if answer[2]:
        raise RuntimeError(answer[2]["message"])
    return answer[1]


def make(name, job):
    # What was half done by a job that was killed is done again. What is a target already is not asked for again, so add it last.
    ask("resourceStore.addTarget", {"name": name, "collection": job["collection"], "state": "stopped"})


def renew(name, job):
    image = job["image"]
    ask("resourceStore.setTargetProperty", name, "image", f"{image['name']}:{image['version']}" if image else "")


def unmake(name, job):
    ask("resourceStore.deleteTarget", name)


work = {"createVirtualMachines": make, "patchVirtualMachines": renew, "deleteVirtualMachines": unmake}


def do_job(number, method, job):
    cancel = jobs[job["id"]] = threading.Event()
    tell = lambda what, *params: send(method=f"job.{what}", params=[job["id"], *params])
    machines = [{"vmName": name, "vmHost": state["host"]} for name in job["vmNames"]]
    tell("onJobCreated", machines)
    for machine in machines:
        if cancel.is_set():
            break
        tell("onVirtualMachineStatusChanged", machine, "in-progress")
        try:
            # Refused when somebody is on the machine: it stays as it is, and the others go on.
            lock = ask("job.lockVirtualMachine", job["id"], machine)["lock"]
            try:
                work[method](machine["vmName"], job)
            finally:
                ask("resourceStore.releaseTargetLock", lock)
            tell("onVirtualMachineStatusChanged", machine, "complete")
        except RuntimeError as error:
            tell("onVirtualMachineStatusChanged", machine, "failed", str(error))
    del jobs[job["id"]]
    tell("onJobCancelled" if cancel.is_set() else "onJobCompleted")
    send(id=number, result=None)


def do_task(task, end):
    def tell(status, detail=""):
        if not end.is_set():
            send(method="task.onUpdateTaskStatus", params=[task["targetName"], task["identifier"], status, detail])

    tell("applying")
    try:
        target = ask("globalStore.queryTarget", task["targetName"])
        tell("success", f"it is {target['state']}") if target else tell("failed", "it is gone")
    except RuntimeError as error:
        tell("failed", str(error))


def set_task_queue(host, tasks):
    """All that is to be done on the host now. A task that is started again has another start time."""
    wanted = {(one["targetName"], one["identifier"], one["startTime"]): one for one in tasks}
    for key in [key for key, (on, _) in known.items() if on == host and key not in wanted]:
        known.pop(key)[1].set()
    for key, task in wanted.items():
        if key not in known:
            known[key] = (host, threading.Event())
            threading.Thread(target=do_task, args=(task, known[key][1]), daemon=True).start()


def answer(message):
    method, params, number = message["method"], message.get("params"), message.get("id")
    result = None
    if method in work:
        threading.Thread(target=do_job, args=(number, method, params["job"]), daemon=True).start()
        return
    if method == "initialize":
        state["host"] = params["settings"].get("host", "")
        result = {"methods": [*work, "cancelJob", "initializeTaskPlugin", "setTaskQueue"]}
    elif method == "cancelJob" and params[0] in jobs:
        jobs[params[0]].set()
    elif method == "setTaskQueue":
        set_task_queue(*params)
    if number is not None:
        send(id=number, result=result)


for line in sys.stdin:
    message = json.loads(line)
    if "method" in message:
        answer(message)
    else:
        question = waiting.pop(message["id"])
        question[1], question[2] = message.get("result"), message.get("error")
        question[0].set()
