// A js-libp2p peer as anybody might write it. Arguments: the topics' wire names, then the request protocol's name.
// Commands come as JSON lines on standard input, events go as JSON lines to standard output.
import { createHash } from 'node:crypto'
import readline from 'node:readline'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const topics = process.argv.slice(2, -1)
const protocol = process.argv.at(-1)
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n')
const hex = (bytes) => Buffer.from(bytes).toString('hex')

// Specified in specs/decisions/0003-gossip-signing.md: SHA-256(length of the topic, the topic, the data).
function messageId ({ topic, data }) {
  const name = Buffer.from(topic, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  return createHash('sha256').update(length).update(name).update(data).digest()
}

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: {
    identify: identify(),
    ping: ping(),
    pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', msgIdFn: messageId, emitSelf: false, allowPublishToZeroTopicPeers: true })
  }
})
const pubsub = node.services.pubsub

async function readFrame (stream) {
  let bytes = Buffer.alloc(0)
  for await (const chunk of stream) {
    bytes = Buffer.concat([bytes, Buffer.from(chunk.subarray())])
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) break
  }
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0))
}

function frame (payload) {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

await node.handle(protocol, async (stream) => {
  const request = await readFrame(stream)
  stream.send(frame(Buffer.concat([Buffer.from([0]), Buffer.from('js '), request])))
  await stream.close()
})

const commands = {
  async dial ({ address }) {
    const connection = await node.dial(multiaddr(address))
    return { peer: connection.remotePeer.toString(), muxer: connection.multiplexer, encryption: connection.encryption }
  },
  async ping ({ address }) { return { ms: await node.services.ping.ping(multiaddr(address)) } },
  async request ({ address, payload }) {
    const stream = await node.dialProtocol(multiaddr(address), protocol)
    stream.send(frame(Buffer.from(payload, 'hex')))
    const reply = await readFrame(stream)
    await stream.close()
    return { status: reply[0], reply: hex(reply.subarray(1)) }
  },
  async publish ({ topic, data }) {
    const { recipients } = await pubsub.publish(topic, Buffer.from(data, 'hex'))
    return { recipients: recipients.length }
  },
  async mesh ({ topic }) { return { mesh: pubsub.getMeshPeers(topic).length, subscribers: pubsub.getSubscribers(topic).length } }
}

pubsub.addEventListener('message', ({ detail }) => say({ event: 'gossip', topic: detail.topic, data: hex(detail.data), type: detail.type }))
node.addEventListener('peer:identify', ({ detail }) => say({ event: 'identified', peer: detail.peerId.toString(), protocols: detail.protocols }))
for (const topic of topics) pubsub.subscribe(topic)
say({ event: 'up', addresses: node.getMultiaddrs().map(String) })

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, command, ...rest } = JSON.parse(line)
  commands[command](rest).then((answer) => say({ id, ...answer }), (error) => say({ id, error: String(error) }))
}
await node.stop()
