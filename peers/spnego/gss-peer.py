"""One side of a GSS-API logon, by MIT's library (with gss-ntlmssp for NTLM): a JSON line for each question and answer."""
import base64
import json
import sys

import gssapi
from gssapi import raw

MECHANISMS = {
    "spnego": gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
    "kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "ntlm": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
}
FLAGS = (
    raw.RequirementFlag.mutual_authentication
    | raw.RequirementFlag.confidentiality
    | raw.RequirementFlag.integrity
    | raw.RequirementFlag.out_of_sequence_detection
    | raw.RequirementFlag.replay_detection
)


def begin(ask):
    mechanism = MECHANISMS[ask["mechanism"]]
    inner = [MECHANISMS[name] for name in ask.get("inner", [])]
    bindings = ask.get("binding")
    more = {}
    if bindings:
        more["channel_bindings"] = raw.ChannelBindings(application_data=bindings.encode())
    if ask["role"] == "accept":
        creds = raw.acquire_cred(None, mechs=[mechanism], usage="accept").creds
        if inner:
            raw.set_neg_mechs(creds, inner)
        return gssapi.SecurityContext(creds=gssapi.Credentials(base=creds), usage="accept", **more)
    target = gssapi.Name(ask["target"], gssapi.NameType.hostbased_service)
    creds = None
    if "user" in ask:
        user = gssapi.Name(ask["user"], gssapi.NameType.user)
        got = raw.acquire_cred_with_password(user, ask["password"].encode(), mechs=[mechanism], usage="initiate").creds
        if inner:
            raw.set_neg_mechs(got, inner)
        creds = gssapi.Credentials(base=got)
    flags = FLAGS | raw.RequirementFlag.delegate_to_peer if ask.get("delegate") else FLAGS
    return gssapi.SecurityContext(name=target, creds=creds, mech=mechanism, flags=flags, usage="initiate", **more)


def main():
    context = None
    for line in sys.stdin:
        ask = json.loads(line)
        data = base64.b64decode(ask.get("data", ""))
        answer = {}
        try:
            if ask["op"] == "begin":
                context = begin(ask)
            elif ask["op"] == "step":
                token = context.step(data or None)
                answer["data"] = base64.b64encode(token or b"").decode()
                answer["done"] = context.complete
            elif ask["op"] == "wrap":
                answer["data"] = base64.b64encode(context.wrap(data, True).message).decode()
            elif ask["op"] == "unwrap":
                answer["data"] = base64.b64encode(context.unwrap(data).message).decode()
            elif ask["op"] == "sign":
                answer["data"] = base64.b64encode(context.get_signature(data)).decode()
            elif ask["op"] == "verify":
                context.verify_signature(data, base64.b64decode(ask["signature"]))
            elif ask["op"] == "who":
                answer["name"] = str(context.initiator_name)
        except Exception as error:  # every failure is an answer
            answer = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), flush=True)


main()
