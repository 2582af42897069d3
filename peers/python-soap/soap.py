# A WS-Management client of its own: envelopes written by hand, posted by requests, answers read by ElementTree. Knows nothing of our code.
import http.server
import os
import queue
import threading
import uuid
import xml.etree.ElementTree as tree

import requests

S = 'http://www.w3.org/2003/05/soap-envelope'
A = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
W = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
N = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
E = 'http://schemas.xmlsoap.org/ws/2004/08/eventing'
X = 'http://schemas.xmlsoap.org/ws/2004/09/transfer'
F = 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault'
CIM = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
MODES = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/'


class Fault(Exception):
    def __init__(self, status, body):
        self.status = status
        codes = [one.text for one in body.iter('{%s}Value' % S)]
        self.subcode = codes[-1].split(':')[-1]
        found = body.find('.//{%s}WSManFault' % F)
        self.number = int(found.get('Code')) if found is not None else 0
        super().__init__('%s %s %s' % (status, self.subcode, self.number))


def envelope(uri, action, body, header='', size=153600):
    resource = '<w:ResourceURI s:mustUnderstand="true">%s</w:ResourceURI>' % uri if uri else ''
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:w="%s" xmlns:n="%s" xmlns:e="%s"><s:Header>'
        '<a:To>http://somewhere:5985/wsman</a:To>%s'
        '<a:ReplyTo><a:Address s:mustUnderstand="true">%s/role/anonymous</a:Address></a:ReplyTo>'
        '<a:Action s:mustUnderstand="true">%s</a:Action><a:MessageID>%s</a:MessageID>'
        '<w:MaxEnvelopeSize s:mustUnderstand="true">%d</w:MaxEnvelopeSize>'
        '<w:OperationTimeout>PT20S</w:OperationTimeout>%s</s:Header><s:Body>%s</s:Body></s:Envelope>'
    ) % (S, A, W, N, E, resource, A, action, 'uuid:%s' % uuid.uuid4(), size, header, body)


class Client:
    """Posts and gives the answer's Body; remembers how many bytes the longest answer had."""

    def __init__(self, user=None, password=None, url=None):
        self.url = url or os.environ['AGENT_HTTPS']
        self.session = requests.Session()
        self.session.auth = ((user or os.environ['AGENT_USER']).encode(), (password or os.environ['AGENT_PASSWORD']).encode())
        self.longest = 0

    def call(self, uri, action, body, header='', size=153600):
        text = envelope(uri, action, body, header, size)
        answer = self.session.post(self.url, text.encode(), headers={'Content-Type': 'application/soap+xml;charset=UTF-8'}, timeout=30)
        self.longest = max(self.longest, len(answer.content))
        root = tree.fromstring(answer.content)
        found = root.find('{%s}Body' % S)
        if found.find('{%s}Fault' % S) is not None:
            raise Fault(answer.status_code, found)
        assert answer.status_code == 200, answer.status_code
        sent = tree.fromstring(text).findtext('.//{%s}MessageID' % A)
        assert root.findtext('.//{%s}RelatesTo' % A) == sent
        return found

    def fault(self, *args, **more):
        try:
            self.call(*args, **more)
        except Fault as fault:
            return [fault.status, fault.subcode, fault.number]
        return 'no fault'

    def enumerate(self, uri, inside='', **more):
        return self.call(uri, N + '/Enumerate', '<n:Enumerate>%s</n:Enumerate>' % inside, **more)

    def pull(self, uri, context, inside='', **more):
        return self.call(uri, N + '/Pull', PULL % (context, inside), **more)

    def pages(self, uri, first, each, **more):
        """Items page by page, to the end."""
        answer = self.enumerate(uri, first, **more)
        while True:
            items = answer.find('.//{%s}Items' % W)
            if items is None:
                items = answer.find('.//{%s}Items' % N)
            yield list(items) if items is not None else []
            if ended(answer):
                return
            answer = self.pull(uri, context_of(answer), each, **more)


PULL = '<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>%s</n:Pull>'


def ended(answer):
    return answer.find('.//{%s}EndOfSequence' % N) is not None or answer.find('.//{%s}EndOfSequence' % W) is not None


def context_of(answer):
    return answer.findtext('.//{%s}EnumerationContext' % N)


def local(element):
    return element.tag.split('}')[1]


def value(item, name):
    """Text of the property that is called so, at any depth."""
    for one in item.iter():
        if local(one) == name:
            return one.text


def subscribe(client, uri, query, delivery, more='', header=''):
    body = '<e:Subscribe>%s<e:Expires>PT60S</e:Expires><w:Filter Dialect="%s">%s</w:Filter>%s</e:Subscribe>' % (delivery, WQL, query, more)
    return client.call(uri, E + '/Subscribe', body, header=header)


def identifier_of(answer):
    return answer.findtext('.//{%s}Identifier' % E)


class Sink(http.server.ThreadingHTTPServer):
    """Takes deliveries, acknowledges them when that is asked for, and puts their roots into `came`."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Taker)
        self.came = queue.Queue()
        self.refuse = 0
        self.address = 'http://127.0.0.1:%d/events' % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Taker(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        root = tree.fromstring(self.rfile.read(int(self.headers['Content-Length'])))
        if self.server.refuse > 0:
            self.server.refuse -= 1
            self.answer(503, b'')
            return
        asked = root.find('.//{%s}AckRequested' % W) is not None
        message = root.findtext('.//{%s}MessageID' % A)
        ack = (
            '<s:Envelope xmlns:s="%s" xmlns:a="%s"><s:Header><a:To>%s/role/anonymous</a:To><a:Action>%sAck</a:Action>'
            '<a:MessageID>uuid:%s</a:MessageID><a:RelatesTo>%s</a:RelatesTo></s:Header><s:Body/></s:Envelope>'
        ) % (S, A, A, MODES, uuid.uuid4(), message)
        self.answer(200 if asked else 202, ack.encode() if asked else b'')
        self.server.came.put((asked, root))

    def answer(self, status, body):
        self.send_response(status)
        if body:
            self.send_header('Content-Type', 'application/soap+xml;charset=UTF-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
