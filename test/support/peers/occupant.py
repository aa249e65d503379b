"""Somebody in a room, on slixmpp: does what lines of JSON on standard input say, and tells what happens the same way."""

import asyncio
import json
import sys

import slixmpp


class Occupant(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca_file):
        super().__init__(jid, password)
        self.ca_certs = ca_file
        self.register_plugin('xep_0045')
        self.register_plugin('xep_0030')
        self.add_event_handler('session_start', self.begin)
        self.add_event_handler('groupchat_message', self.hear)
        self.add_event_handler('groupchat_presence', self.see)
        self.add_event_handler('groupchat_subject', self.read)
        self.add_event_handler('failed_auth', lambda _: self.tell('failed'))

    def tell(self, what, **more):
        print(json.dumps({'what': what, **more}), flush=True)

    async def begin(self, _):
        self.send_presence()
        self.tell('online')

    def hear(self, message):
        self.tell('said', nick=message['from'].resource, body=message['body'])

    def read(self, message):
        self.tell('subject', nick=message['from'].resource, body=message['subject'])

    def see(self, presence):
        statuses = sorted(presence['muc']['status_codes'])
        kind = 'gone' if presence['type'] == 'unavailable' else 'there'
        self.tell(kind, nick=presence['from'].resource, codes=statuses)

    def do(self, order):
        room, text = order.get('room', ''), order.get('text', '')
        if order['do'] == 'join':
            self.plugin['xep_0045'].join_muc(room, text)
        elif order['do'] == 'say':
            self.send_message(room, text, mtype='groupchat')
        elif order['do'] == 'leave':
            self.plugin['xep_0045'].leave_muc(room, text)
        elif order['do'] == 'nick':
            self.send_presence(pto=f'{room}/{text}')


async def main():
    jid, password, port, ca_file = sys.argv[1:5]
    occupant = Occupant(jid, password, ca_file)
    occupant.connect(address=('127.0.0.1', int(port)))
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        occupant.do(json.loads(line))
    await occupant.disconnect()


asyncio.set_event_loop(asyncio.new_event_loop())
asyncio.get_event_loop().run_until_complete(main())
