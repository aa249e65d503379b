"""A device on python-oldmemo (legacy) or python-twomemo (omemo:2): does what lines of JSON on standard input say, one answer each."""

import asyncio
import base64
import json
import sys
import xml.etree.ElementTree as ElementTree

import oldmemo
import oldmemo.etree
import oldmemo.oldmemo
import twomemo
import twomemo.etree
import twomemo.twomemo
from omemo.session import Initiation
from omemo.storage import Just, Nothing, Storage

JID, DEVICE = 'juliet@example.org', 27183
OWN_JID, OWN_DEVICE = 'romeo@example.net', 31415


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


class Device:
    def __init__(self, profile):
        self.is_legacy = profile == 'legacy'
        self.package = oldmemo if self.is_legacy else twomemo
        self.types = oldmemo.oldmemo if self.is_legacy else twomemo.twomemo
        self.backend = self.package.Oldmemo(Memory()) if self.is_legacy else self.package.Twomemo(Memory())
        self.session = None

    async def bundle(self, order):
        await self.backend.generate_pre_keys(order['count'])
        bundle = await self.backend.get_bundle(OWN_JID, OWN_DEVICE)
        return {'xml': ElementTree.tostring(self.package.etree.serialize_bundle(bundle), encoding='unicode')}

    async def start(self, order):
        element = ElementTree.fromstring(order['xml'])
        bundle = self.package.etree.parse_bundle(element, JID, DEVICE)
        self.session, encrypted = await self.backend.build_session_active(JID, DEVICE, bundle, self.material(order))
        return self.message(encrypted)

    async def encrypt(self, order):
        return self.message(await self.backend.encrypt_key_material(self.session, self.material(order)))

    async def empty(self, _):
        _, material = await self.backend.encrypt_empty()
        return self.message(await self.backend.encrypt_key_material(self.session, material))

    async def decrypt(self, order):
        message = base64.b64decode(order['message'])
        exchange = None
        if order['isKeyExchange']:
            more = (False,) if self.is_legacy else ()
            exchange, message = self.types.KeyExchangeImpl.parse(message, *more)
        encrypted = self.types.EncryptedKeyMaterialImpl.parse(message, JID, DEVICE)
        if exchange is None or (self.session is not None and self.session.key_exchange.builds_same_session(exchange)):
            material = await self.backend.decrypt_key_material(self.session, encrypted)
        else:
            self.session, material = await self.backend.build_session_passive(JID, DEVICE, exchange, encrypted)
            await self.backend.delete_pre_key(self.session)
        self.session.confirm()
        return {'material': base64.b64encode(material.key + material.auth_tag).decode()}

    def material(self, order):
        material = base64.b64decode(order['material'])
        return self.types.PlainKeyMaterialImpl(material[:-16], material[-16:])

    def message(self, encrypted):
        message = encrypted.serialize()
        is_exchange = self.session.initiation is Initiation.ACTIVE and not self.session.confirmed
        if is_exchange:
            message = self.session.key_exchange.serialize(message)
            message = message[0] if self.is_legacy else message
        return {'message': base64.b64encode(message).decode(), 'isKeyExchange': is_exchange}


async def main():
    device = Device(sys.argv[1])
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = await getattr(device, order['do'])(order)
        except Exception as error:
            answer = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
