# A Windows machine that forwards its events, as MS-WSMV 3.1.4.1.30 and DSP0226 clause 10 have it: messages in UTF-16 written by hand, sent over TLS with a
# client certificate, answers read by ElementTree. Knows nothing of our code. Commands come as lines of JSON on standard input, one answer for each.
import http.client
import json
import ssl
import sys
import urllib.parse
import uuid
import xml.etree.ElementTree as tree

S = 'http://www.w3.org/2003/05/soap-envelope'
A = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
W = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
N = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
E = 'http://schemas.xmlsoap.org/ws/2004/08/eventing'
P = 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd'
M = 'http://schemas.microsoft.com/wbem/wsman/1/subscription'
C = 'http://schemas.xmlsoap.org/ws/2002/12/policy'
AUTH = 'http://schemas.microsoft.com/wbem/wsman/1/authentication'
ANONYMOUS = A + '/role/anonymous'
MACHINE = 'win-1.example.org'


def new_id():
    return 'uuid:' + str(uuid.uuid4()).upper()


class Machine:
    def __init__(self, ca, certificate, key):
        self.context = ssl.create_default_context(cafile=ca)
        if certificate:
            self.context.load_cert_chain(certificate, key)
        self.connection = None
        self.where = None
        self.sent = None

    def post(self, url, body, kind=None):
        parts = urllib.parse.urlsplit(url)
        if self.where != parts.netloc:
            self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=self.context, timeout=30)
            self.where = parts.netloc
        self.connection.request('POST', parts.path, body, {
            'Connection': 'Keep-Alive',
            'Content-Type': kind or 'application/soap+xml;charset=UTF-16',
            'User-Agent': 'Microsoft WinRM Client',
            'Authorization': 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual',
        })
        answer = self.connection.getresponse()
        return answer.status, answer.getheader('Content-Type') or '', answer.read()

    def send(self, url, action, body, more='', resource=''):
        text = (
            '<s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:n="%s" xmlns:e="%s" xmlns:w="%s" xmlns:p="%s"><s:Header><a:To>%s</a:To>%s'
            '<m:MachineID xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/machineid" s:mustUnderstand="false">%s</m:MachineID>'
            '<a:ReplyTo><a:Address s:mustUnderstand="true">%s</a:Address></a:ReplyTo><a:Action s:mustUnderstand="true">%s</a:Action>'
            '<w:MaxEnvelopeSize s:mustUnderstand="true">512000</w:MaxEnvelopeSize><a:MessageID>%s</a:MessageID>'
            '<w:Locale xml:lang="en-US" s:mustUnderstand="false" /><p:DataLocale xml:lang="en-US" s:mustUnderstand="false" />'
            '<p:SessionId s:mustUnderstand="false">%s</p:SessionId><p:OperationID s:mustUnderstand="false">%s</p:OperationID>'
            '<p:SequenceId s:mustUnderstand="false">1</p:SequenceId><w:OperationTimeout>PT60.000S</w:OperationTimeout>%s</s:Header>'
            '<s:Body>%s</s:Body></s:Envelope>'
        ) % (S, A, N, E, W, P, url, resource, MACHINE, ANONYMOUS, action, new_id(), new_id(), new_id(), more, body)
        # Windows begins with the byte order mark.
        self.sent = (url, text.encode('utf-16'))
        return self.read(*self.post(*self.sent))

    def again(self):
        return self.read(*self.post(*self.sent))

    def read(self, status, kind, content):
        if not content:
            return {'status': status}
        if 'soap+xml' not in kind:
            return {'status': status, 'text': content.decode('utf-8', 'replace')}
        assert ('UTF-16' in kind.upper()) == (content[:2] == b'\xff\xfe'), (kind, content[:40])
        root = tree.fromstring(content)
        header = root.find('{%s}Header' % S)
        body = root.find('{%s}Body' % S)
        found = {'status': status, 'action': header.findtext('{%s}Action' % A), 'related': header.findtext('{%s}RelatesTo' % A)}
        fault = [one.text for one in body.iter('{%s}Value' % S)]
        if fault:
            found['fault'] = fault[-1].split(':')[-1]
        found['body'] = body
        return found

    def subscriptions(self, url):
        uri = 'http://schemas.microsoft.com/wbem/wsman/1/SubscriptionManager/Subscription'
        answer = self.send(url, N + '/Enumerate', '<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements></n:Enumerate>',
                           resource='<w:ResourceURI s:mustUnderstand="true">%s</w:ResourceURI>' % uri)
        body = answer.pop('body', None)
        if 'fault' in answer or body is None:
            return answer
        answer['ended'] = body.find('.//{%s}EndOfSequence' % W) is not None
        answer['items'] = [self.subscription(one) for one in body.iter('{%s}Subscription' % M)]
        return answer

    def subscription(self, item):
        """What Windows needs of an item; it leaves out one that lacks any of it."""
        inner = item.find('{%s}Envelope' % S)
        header, subscribe = inner.find('{%s}Header' % S), inner.find('{%s}Body/{%s}Subscribe' % (S, E))
        delivery = subscribe.find('{%s}Delivery' % E)
        notify = delivery.find('{%s}NotifyTo' % E)
        thumbprint = notify.find('.//{%s}Thumbprint' % AUTH)
        query = subscribe.find('{%s}Filter' % W)
        bookmark = subscribe.find('{%s}Bookmark' % W)
        options = {one.get('Name'): one.text if one.get('{http://www.w3.org/2001/XMLSchema-instance}nil') is None else True
                   for one in header.iter('{%s}Option' % W)}
        held = notify.find('{%s}ReferenceProperties' % A)
        return {
            'version': item.findtext('{%s}Version' % M),
            'action': header.findtext('{%s}Action' % A),
            'resource': header.findtext('{%s}ResourceURI' % W),
            'options': options,
            'mode': delivery.get('Mode'),
            'address': notify.findtext('{%s}Address' % A),
            'identifier': held.findtext('{%s}Identifier' % E),
            'policy': [thumbprint.get('Role'), thumbprint.text, notify.find('.//{%s}Authentication' % AUTH).get('Profile')],
            'end': subscribe.findtext('{%s}EndTo/{%s}Address' % (E, A)),
            'heartbeats': delivery.findtext('{%s}Heartbeats' % W),
            'encoding': delivery.findtext('{%s}ContentEncoding' % W),
            'dialect': query.get('Dialect'),
            'selects': [[one.get('Path'), one.text] for one in query.iter('Select')],
            'bookmark': None if bookmark is None else (bookmark.text or '').strip() or [dict(one.attrib) for one in bookmark.iter('Bookmark')],
            'bookmarks': subscribe.find('{%s}SendBookmarks' % W) is not None,
        }

    def deliver(self, to, events, bookmark, behind=None):
        written = ''.join('<w:Event Action="http://schemas.dmtf.org/wbem/wsman/1/wsman/Event"><![CDATA[%s]]></w:Event>' % event(**one)
                          if one.pop('cdata', True) else
                          '<w:Event Action="http://schemas.dmtf.org/wbem/wsman/1/wsman/Event">%s</w:Event>' % event(**one) for one in events)
        marks = ''.join('<Bookmark Channel="%s" RecordId="%d" IsCurrent="true"/>' % tuple(one) for one in bookmark)
        more = ('<e:Identifier xmlns:e="%s">%s</e:Identifier><w:Bookmark><BookmarkList>%s</BookmarkList></w:Bookmark><w:AckRequested/>'
                % (E, to['identifier'], marks))
        if behind is not None:
            more += '<b:Behind xmlns:b="urn:atelier:eventing">%s</b:Behind>' % behind
        return self.short(self.send(to['address'], 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Events', '<w:Events>%s</w:Events>' % written, more))

    def beat(self, to):
        more = '<e:Identifier xmlns:e="%s">%s\r\n\t</e:Identifier><w:AckRequested/>' % (E, to['identifier'])
        return self.short(self.send(to['address'], 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Heartbeat', '<w:Events></w:Events>', more))

    def raw(self, url, text, count=1, kind=None):
        """Anything at all, `count` times in a row, over a connection of its own."""
        self.where = None
        answer = self.short(self.read(*self.post(url, (text * count).encode('utf-8'), kind)))
        self.where = None
        return answer

    def announce(self, url, length):
        """Says how much will come, and hears what the other side thinks of it before anything does."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=self.context, timeout=30)
        connection.putrequest('POST', parts.path)
        connection.putheader('Content-Type', 'application/soap+xml;charset=UTF-16')
        connection.putheader('Content-Length', str(length))
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return {'status': status}

    def finish(self, to):
        """Windows ends an exchange on the full-duplex resource, without saying which message it is about."""
        uri = 'http://schemas.microsoft.com/wbem/wsman/1/wsman/FullDuplex'
        text = (
            '<s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:w="%s" xmlns:p="%s"><s:Header><a:To>%s</a:To><w:ResourceURI s:mustUnderstand="true">%s</w:ResourceURI>'
            '<a:Action s:mustUnderstand="true">http://schemas.microsoft.com/wbem/wsman/1/wsman/End</a:Action><a:MessageID>%s</a:MessageID>'
            '<p:OperationID>%s</p:OperationID></s:Header><s:Body></s:Body></s:Envelope>'
        ) % (S, A, W, P, ANONYMOUS, uri, new_id(), new_id())
        return self.short(self.read(*self.post(to, text.encode('utf-16'))))

    def leave(self, to):
        more = '<e:Identifier>%s</e:Identifier><w:AckRequested/>' % to['identifier']
        body = (
            '<e:SubscriptionEnd><e:SubscriptionManager><a:Address>%s</a:Address><a:ReferenceProperties><e:Identifier>%s</e:Identifier></a:ReferenceProperties>'
            '</e:SubscriptionManager><e:Status>%s/SourceCancelling</e:Status><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"'
            ' Code="1" Machine="%s"><f:Message>The query was withdrawn.</f:Message></f:WSManFault></e:SubscriptionEnd>'
        ) % (to['end'], to['identifier'], E, MACHINE)
        return self.short(self.send(to['end'], E + '/SubscriptionEnd', body, more))

    def short(self, answer):
        answer.pop('body', None)
        return answer


def event(record, time, message, level=2, channel='System', provider='Service Control Manager', id=7031):
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='%s' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' "
        "EventSourceName='%s'/><EventID Qualifiers='49152'>%d</EventID><Version>0</Version><Level>%d</Level><Task>0</Task><Opcode>0</Opcode>"
        "<Keywords>0x8080000000000000</Keywords><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Correlation/>"
        "<Execution ProcessID='612' ThreadID='1452'/><Channel>%s</Channel><Computer>%s</Computer><Security UserID='S-1-5-18'/></System>"
        "<EventData><Data Name='param1'>Spooler</Data><Binary>530070006F006F006C00650072000000</Binary></EventData><RenderingInfo Culture='en-US'>"
        "<Message>%s</Message><Level>Error</Level><Task></Task><Opcode></Opcode><Channel></Channel><Provider>Microsoft-Windows-%s</Provider>"
        "<Keywords><Keyword>Classic</Keyword></Keywords></RenderingInfo></Event>"
    ) % (provider, provider, id, level, time, record, channel, MACHINE, message, provider)


def main():
    machine = None
    for line in sys.stdin:
        command = json.loads(line)
        what = command.pop('do')
        if what == 'begin':
            machine = Machine(**command)
            answer = {}
        elif what == 'probe':
            answer = machine.short(machine.read(*machine.post(command['url'], b'')))
        elif what == 'again':
            answer = machine.short(machine.again())
        else:
            answer = getattr(machine, what)(**command)
        print(json.dumps(answer), flush=True)


main()
