"""A device on slixmpp with python-omemo: does what lines of JSON on standard input say, and tells what happens the same way.

Arguments: full JID, password, port, CA file, and the versions it speaks, the preferred one first (`legacy`, `omemo2`).
"""

import asyncio
import base64
import datetime
import json
import secrets
import sys
import xml.etree.ElementTree as ElementTree

import oldmemo
import oldmemo.etree
import oldmemo.oldmemo
import omemo
import slixmpp
import twomemo
import twomemo.etree
import twomemo.twomemo
import xeddsa
from omemo.storage import Just, Nothing, Storage
from slixmpp.exceptions import IqError
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

LEGACY, OMEMO2 = oldmemo.oldmemo.NAMESPACE, twomemo.twomemo.NAMESPACE
NAMESPACES = {'legacy': LEGACY, 'omemo2': OMEMO2}
VERSIONS = {namespace: version for version, namespace in NAMESPACES.items()}
LISTS = {LEGACY: f'{LEGACY}.devicelist', OMEMO2: f'{OMEMO2}:devices'}
PUBSUB = 'http://jabber.org/protocol/pubsub'
CLIENT, FORWARD, CARBONS, MAM = 'jabber:client', 'urn:xmpp:forward:0', 'urn:xmpp:carbons:2', 'urn:xmpp:mam:2'
MUC_USER, SCE, EME = 'http://jabber.org/protocol/muc#user', 'urn:xmpp:sce:1', 'urn:xmpp:eme:0'


def tell(what, **more):
    print(json.dumps({'what': what, **more}), flush=True)


def bare(jid):
    return jid.split('/', 1)[0]


def element(xml):
    return ElementTree.fromstring(xml)


def bundle_place(namespace, device):
    """The node and the item of a bundle."""
    return (f'{LEGACY}.bundles:{device}', 'current') if namespace == LEGACY else (f'{OMEMO2}:bundles', str(device))


class Memory(Storage):
    def __init__(self):
        super().__init__(True)
        self.values = {}

    async def _load(self, key):
        return Just(self.values[key]) if key in self.values else Nothing()

    async def _store(self, key, value):
        self.values[key] = value

    async def _delete(self, key):
        self.values.pop(key, None)


class Connection(slixmpp.ClientXMPP):
    """Hands all that is said to `hear`, in order."""

    def __init__(self, jid, password, ca_file, hear, see):
        super().__init__(jid, password)
        self.ca_certs = ca_file
        self.register_plugin('xep_0030')
        self.register_plugin('xep_0115')
        self.register_plugin('xep_0045')
        self.register_handler(Callback('everything', MatchXPath(f'{{{CLIENT}}}message'), lambda m: hear(m.xml)))
        self.add_event_handler('groupchat_presence', lambda presence: see(presence.xml))
        self.started, self.ended = asyncio.Event(), asyncio.Event()
        self.add_event_handler('session_start', lambda _: self.started.set())
        self.add_event_handler('disconnected', lambda _: self.ended.set())

    async def ask(self, kind, payload, to=None):
        iq = self.Iq()
        iq['type'] = kind
        if to is not None:
            iq['to'] = to
        iq.xml.append(payload)
        return (await iq.send(timeout=30)).xml

    def write(self, to, kind, children):
        message = self.make_message(mto=to, mtype=kind)
        message['id'] = secrets.token_hex(8)
        for child in children:
            message.xml.append(child)
        message.send()


class Peer:
    def __init__(self, jid, password, port, ca_file, versions):
        self.jid, self.password, self.port, self.ca_file = jid, password, port, ca_file
        self.own = bare(jid)
        self.namespaces = [NAMESPACES[version] for version in versions]
        self.storage = Memory()
        self.manager = None
        self.connection = None
        self.occupants = {}
        self.incoming = asyncio.Queue()
        self.archived = {}
        self.kept = []
        # Those whose device lists it has.
        self.known = set()
        self.is_ignoring = False
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.is_retired = False
        self.turn = asyncio.Lock()
        self.work = asyncio.ensure_future(self.read_on())

    # What the library wants of a client

    def make_manager(self):
        peer = self

        class Manager(omemo.SessionManager):
            @staticmethod
            async def _upload_bundle(bundle):
                serialize = oldmemo.etree if bundle.namespace == LEGACY else twomemo.etree
                node, item = bundle_place(bundle.namespace, bundle.device_id)
                await peer.publish(node, item, serialize.serialize_bundle(bundle), bundle.namespace == OMEMO2)

            @staticmethod
            async def _download_bundle(namespace, bare_jid, device_id):
                node, item = bundle_place(namespace, device_id)
                found = await peer.item(bare_jid, node, item if namespace == OMEMO2 else None)
                if found is None:
                    raise omemo.BundleNotFound(f'{bare_jid} {device_id}')
                package = oldmemo.etree if namespace == LEGACY else twomemo.etree
                return package.parse_bundle(found, bare_jid, device_id)

            @staticmethod
            async def _delete_bundle(namespace, device_id):
                pass

            @staticmethod
            async def _upload_device_list(namespace, device_list):
                package = oldmemo.etree if namespace == LEGACY else twomemo.etree
                await peer.publish(LISTS[namespace], 'current', package.serialize_device_list(device_list), False)

            @staticmethod
            async def _download_device_list(namespace, bare_jid):
                return peer.devices_in(namespace, await peer.item(bare_jid, LISTS[namespace]))

            async def _evaluate_custom_trust_level(self, device):
                return omemo.TrustLevel(device.trust_level_name)

            async def _make_trust_decision(self, undecided, identifier):
                pass

            @staticmethod
            async def _send_message(message, bare_jid):
                peer.connection.write(bare_jid, 'chat', [*peer.wrapped(message), element("<store xmlns='urn:xmpp:hints'/>")])

        return Manager

    def devices_in(self, namespace, listed):
        if listed is None or len(listed) == 0:
            return {}
        package = oldmemo.etree if namespace == LEGACY else twomemo.etree
        return package.parse_device_list(listed)

    def wrapped(self, message):
        package = oldmemo.etree if message.namespace == LEGACY else twomemo.etree
        return [package.serialize_message(message)]

    async def item(self, jid, node, item=None):
        """The payload of an item, or of the newest one; None where there is none."""
        wanted = '' if item is None else f"<item id='{item}'/>"
        query = element(f"<pubsub xmlns='{PUBSUB}'><items node='{node}'>{wanted}</items></pubsub>")
        try:
            answer = await self.connection.ask('get', query, jid)
        except IqError as error:
            # Prosody hides from strangers what is not there.
            if error.condition in ('item-not-found', 'forbidden', 'not-authorized'):
                return None
            raise
        items = answer.findall(f'{{{PUBSUB}}}pubsub/{{{PUBSUB}}}items/{{{PUBSUB}}}item')
        return items[-1][0] if items and len(items[-1]) > 0 else None

    async def publish(self, node, item, payload, keeps_many):
        try:
            await self.publish_as(node, item, payload, 'max' if keeps_many else None)
        except IqError:
            # ejabberd 23.01 takes this option only when the node is there, and only as a number.
            await self.publish_as(node, item, payload, None)
            form = (
                "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
                f"<value>{PUBSUB}#node_config</value></field>"
                "<field var='pubsub#max_items'><value>10</value></field></x>"
            )
            request = f"<pubsub xmlns='{PUBSUB}#owner'><configure node='{node}'>{form}</configure></pubsub>"
            await self.connection.ask('set', element(request))

    async def publish_as(self, node, item, payload, max_items):
        many = '' if max_items is None else f"<field var='pubsub#max_items'><value>{max_items}</value></field>"
        request = element(
            f"<pubsub xmlns='{PUBSUB}'><publish node='{node}'><item id='{item}'/></publish><publish-options>"
            "<x xmlns='jabber:x:data' type='submit'>"
            "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>"
            "<field var='pubsub#access_model'><value>open</value></field>"
            f"<field var='pubsub#persist_items'><value>true</value></field>{many}</x></publish-options></pubsub>"
        )
        request[0][0].append(payload)
        await self.connection.ask('set', request)

    # What it is told to do

    async def online(self, _):
        connection = self.connection = Connection(self.jid, self.password, self.ca_file, self.hear, self.see)
        connection.connect(address=('127.0.0.1', self.port))
        await asyncio.wait_for(connection.started.wait(), 30)
        # Now that its address is known: the server sends the device lists that it says it wants.
        for node in LISTS.values():
            connection.plugin['xep_0030'].add_feature(f'{node}+notify')
        await connection.plugin['xep_0115'].update_caps(broadcast=False)
        async with self.turn:
            # First, or ejabberd would tell nobody of the lists.
            connection.send_presence()
            if self.manager is None:
                backends = {LEGACY: oldmemo.Oldmemo, OMEMO2: twomemo.Twomemo}
                self.manager = await self.make_manager().create(
                    [backends[namespace](self.storage) for namespace in self.namespaces],
                    self.storage,
                    self.own,
                    None,
                    omemo.TrustLevel.TRUSTED.value,
                )
                await self.manager.after_history_sync()
        await connection.ask('set', element(f"<enable xmlns='{CARBONS}'/>"))
        return await self.device(None)

    async def device(self, _):
        own, _ = await self.manager.get_own_device_information()
        key = xeddsa.ed25519_pub_to_curve25519_pub(own.identity_key)
        return {'id': own.device_id, 'fingerprint': key.hex()}

    async def offline(self, _):
        self.connection.disconnect()
        await asyncio.wait_for(self.connection.ended.wait(), 30)
        self.connection = None

    async def say(self, order):
        """Encrypts a text for the people of `for`; `keep`: it is not sent now; `envelope`: what its envelope says instead."""
        to, text = order['to'], order['text']
        people = frozenset(order.get('for', [to]))
        envelope = {'from': self.own, 'to': to, **order.get('envelope', {})}
        async with self.turn:
            for person in people - self.known - {self.own}:
                for namespace in self.namespaces:
                    await self.manager.refresh_device_list(namespace, person)
                self.known.add(person)
            messages, errors = await self.manager.encrypt(
                people,
                {LEGACY: text.encode(), OMEMO2: enveloped(text, **envelope)},
            )
        addressed = {}
        for message in messages:
            version = VERSIONS[message.namespace]
            addressed[version] = sorted([key.bare_jid, key.device_id] for key, _ in message.keys)
            mark = element(f"<encryption xmlns='{EME}' name='OMEMO' namespace='{message.namespace}'/>")
            hint = element("<store xmlns='urn:xmpp:hints'/>")
            written = (to, order.get('type', 'chat'), [*self.wrapped(message), mark, hint])
            if 'keep' not in order:
                self.connection.write(*written)
            elif order['keep'] == 'for later':
                self.kept.append(written)
        return {'addressed': addressed, 'errors': [str(error) for error in errors]}

    async def release(self, _):
        """Sends what was kept for later."""
        for written in self.kept:
            self.connection.write(*written)
        self.kept.clear()

    async def ignore(self, order):
        """What comes is lost, or no longer is."""
        self.is_ignoring = order['on']

    async def pause(self, order):
        """What comes waits to be read, or no longer does."""
        (self.is_reading.clear if order['on'] else self.is_reading.set)()

    async def write(self, order):
        """A text in clear."""
        self.connection.send_message(order['to'], order['text'], mtype=order.get('type', 'chat'))

    async def join(self, order):
        self.connection.plugin['xep_0045'].join_muc(order['room'], order['nick'])

    async def retire(self, _):
        """Takes its device off the lists of its account."""
        self.is_retired = True
        own = (await self.device(None))['id']
        for namespace in self.namespaces:
            listed = self.devices_in(namespace, await self.item(self.own, LISTS[namespace]))
            listed.pop(own, None)
            package = oldmemo.etree if namespace == LEGACY else twomemo.etree
            await self.publish(LISTS[namespace], 'current', package.serialize_device_list(listed), False)

    async def refresh(self, order):
        """Reads the device lists of somebody again."""
        async with self.turn:
            for namespace in self.namespaces:
                await self.manager.refresh_device_list(namespace, order['jid'])

    async def archive(self, order):
        """Reads an archive from its beginning: its own, or that of a room."""
        query = secrets.token_hex(4)
        form = (
            "<x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE' type='hidden'><value>{MAM}</value></field></x>"
            "<set xmlns='http://jabber.org/protocol/rsm'><max>300</max></set>"
        )
        self.archived[query] = []
        self.manager.before_history_sync()
        request = element(f"<query xmlns='{MAM}' queryid='{query}'>{form}</query>")
        await self.connection.ask('set', request, order.get('room'))
        for stanza in self.archived.pop(query):
            self.incoming.put_nowait((stanza, 'archive'))
        await self.incoming.join()
        async with self.turn:
            await self.manager.after_history_sync()

    # What comes

    def see(self, presence):
        item = presence.find(f'{{{MUC_USER}}}x/{{{MUC_USER}}}item')
        if item is not None and item.get('jid') is not None:
            self.occupants[presence.get('from')] = bare(item.get('jid'))
            tell('there', nick=presence.get('from').split('/', 1)[1])

    def hear(self, stanza):
        if self.is_ignoring:
            tell('lost')
            return
        wrappers = {f'{{{MAM}}}result': 'archive', f'{{{CARBONS}}}sent': 'carbon', f'{{{CARBONS}}}received': 'carbon'}
        for child in stanza:
            via = wrappers.get(child.tag)
            if via is not None:
                inner = child.find(f'{{{FORWARD}}}forwarded/{{{CLIENT}}}message')
                query = child.get('queryid')
                if via == 'archive' and query in self.archived:
                    self.archived[query].append(inner)
                elif via == 'carbon' and stanza.get('from') in (self.own, None):
                    self.incoming.put_nowait((inner, via))
                return
        self.incoming.put_nowait((stanza, 'live'))

    async def read_on(self):
        while True:
            stanza, via = await self.incoming.get()
            await self.is_reading.wait()
            try:
                async with self.turn:
                    await self.read(stanza, via)
            except Exception as error:
                tell('unreadable', reason=type(error).__name__, text=str(error), via=via, **addressed_in(stanza))
            finally:
                self.incoming.task_done()

    async def read(self, stanza, via):
        event = f'{PUBSUB}#event'
        items = stanza.find(f'{{{event}}}event/{{{event}}}items')
        if items is not None:
            await self.learn(bare(stanza.get('from', self.own)), items)
            return
        sender = stanza.get('from', self.own)
        kind = stanza.get('type', 'normal')
        owner = self.author(stanza, sender) if kind == 'groupchat' else bare(sender)
        encrypted = [child for child in stanza if child.tag in (f'{{{LEGACY}}}encrypted', f'{{{OMEMO2}}}encrypted')]
        body = stanza.find(f'{{{CLIENT}}}body')
        if not encrypted:
            if body is not None:
                tell('clear', **{'from': owner}, body=body.text, via=via)
            return
        own = (await self.device(None))['id']
        mine = [child for child in encrypted if own in keys_of(child, self.own)]
        chosen = (mine or encrypted)[0]
        header = chosen[0] if chosen[0].tag.endswith('header') else chosen.find('{*}header')
        if owner == self.own and int(header.get('sid')) == own:
            return
        if chosen.tag == f'{{{LEGACY}}}encrypted':
            message = await oldmemo.etree.parse_message(chosen, owner, self.own, self.manager)
        else:
            message = twomemo.etree.parse_message(chosen, owner)
        plaintext, device, _ = await self.manager.decrypt(message)
        about = {'from': owner, 'device': device.device_id, 'version': VERSIONS[message.namespace], 'via': via}
        if plaintext is None:
            tell('empty', **about)
        elif message.namespace == LEGACY:
            tell('read', body=plaintext.decode(), **about, **addressed_in(stanza))
        else:
            tell('read', **opened(plaintext), **about, **addressed_in(stanza))

    def author(self, stanza, sender):
        """Whose device wrote something in a room: as its archive says, or as the presence there does."""
        item = stanza.find(f'{{{MUC_USER}}}x/{{{MUC_USER}}}item')
        return bare(item.get('jid')) if item is not None and item.get('jid') else self.occupants.get(sender, sender)

    async def learn(self, owner, items):
        namespace = next((namespace for namespace, node in LISTS.items() if node == items.get('node')), None)
        listed = list(items.iter(f'{{{namespace}}}list')) + list(items.iter(f'{{{namespace}}}devices'))
        if namespace not in self.namespaces or not listed or (self.is_retired and owner == self.own):
            return
        devices = self.devices_in(namespace, listed[0])
        await self.manager.update_device_list(namespace, owner, devices)
        self.known.add(owner)
        tell('listed', version=VERSIONS[namespace], devices=sorted(devices), **{'from': owner})


def keys_of(encrypted, jid):
    """The devices of `jid` that one encrypted element is for; all of them where it does not say whose they are."""
    if encrypted.tag == f'{{{LEGACY}}}encrypted':
        return [int(key.get('rid')) for key in encrypted.iter(f'{{{LEGACY}}}key')]
    groups = [keys for keys in encrypted.iter(f'{{{OMEMO2}}}keys') if keys.get('jid') == jid]
    return [int(key.get('rid')) for keys in groups for key in keys.iter(f'{{{OMEMO2}}}key')]


def addressed_in(stanza):
    """For which devices a stanza is, by version, and what stands beside that."""
    found = {}
    for encrypted in stanza.iter(f'{{{LEGACY}}}encrypted'):
        found['legacy'] = sorted(int(key.get('rid')) for key in encrypted.iter(f'{{{LEGACY}}}key'))
    for encrypted in stanza.iter(f'{{{OMEMO2}}}encrypted'):
        found['omemo2'] = sorted(int(key.get('rid')) for key in encrypted.iter(f'{{{OMEMO2}}}key'))
    body = stanza.find(f'{{{CLIENT}}}body')
    marks = sorted(VERSIONS.get(mark.get('namespace'), '?') for mark in stanza.iter(f'{{{EME}}}encryption'))
    return {'addressed': found, 'marks': marks, 'fallback': None if body is None else body.text}


def enveloped(text, **people):
    """XEP-0420, as the profile of XEP-0384 wants it."""
    envelope = element(f"<envelope xmlns='{SCE}'><content><body xmlns='{CLIENT}'/></content></envelope>")
    envelope[0][0].text = text
    ElementTree.SubElement(envelope, f'{{{SCE}}}rpad').text = secrets.token_hex(secrets.randbelow(100))
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
    ElementTree.SubElement(envelope, f'{{{SCE}}}time', {'stamp': stamp})
    for name, jid in people.items():
        if jid is not None:
            ElementTree.SubElement(envelope, f'{{{SCE}}}{name}', {'jid': jid})
    return ElementTree.tostring(envelope)


def opened(plaintext):
    envelope = element(plaintext)
    if envelope.tag != f'{{{SCE}}}envelope':
        raise ValueError(f'no envelope: {envelope.tag}')
    body = envelope.find(f'{{{SCE}}}content/{{{CLIENT}}}body')
    said = {part.tag.removeprefix(f'{{{SCE}}}'): part.get('jid') or part.get('stamp') or part.text for part in envelope}
    said.pop('content')
    said['bytes'] = len(plaintext)
    return {'body': None if body is None else body.text, 'envelope': said}


async def main():
    jid, password, port, ca_file, *versions = sys.argv[1:]
    peer = Peer(jid, password, int(port), ca_file, versions)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        try:
            tell('done', answer=await getattr(peer, order['do'])(order))
        except Exception as error:
            tell('done', error=f'{type(error).__name__}: {error}')


asyncio.set_event_loop(asyncio.new_event_loop())
asyncio.get_event_loop().run_until_complete(main())
