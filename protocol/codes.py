"""Every code by which a node or its command names what went wrong, and what it means: shared, because neither imports
the other. A code is stable; the sentence that comes with it says more about the case at hand.
"""

from __future__ import annotations

_MEANINGS = """
already-closed: What you wanted to close is closed. Nothing has to be done.
already-erased: The body of this record was erased before.
already-running: Another node holds this folder. Use it, stop it (freehold down), or give this one another --folder.
ambiguous-name: Several names begin as you typed. Type more letters of the one you mean.
amount-differs: What the payer states is not what is due. Look at both; confirm another amount on purpose (--amount).
answer-lost: What you ask again was done, and its answer is not kept. Look before you ask for it under another key.
backup-failed: No backup was made, or it could not be written. The sentence says why; nothing on the node has changed.
bad-amount: This is not an amount of money as Freehold reads it, e.g. 120 EUR or 0.01 BTC.
bad-answer: What answered is not a Freehold node, or an older one. See node.log, and freehold status for its version.
bad-backup: This file is not a backup, or it was changed. Nothing was restored from it.
bad-config: A setting in config.toml makes no sense. The sentence names it and its line.
bad-entry: What you say in a contract does not follow the rules for it. The sentence names the field.
bad-label: This cannot be your word for somebody: it is a word or two in one line.
bad-listing: What you offer to serve as does not follow the rules for it.
bad-name: This is not a name of that sort. Copy it whole, or at least eight characters after the 1.
bad-offer: The offer does not follow the rules for offers. The sentence names the field.
bad-passphrase: This cannot be a passphrase: too short, too long, or not text.
bad-profile: The profile does not follow the rules for profiles. The sentence names the field.
bad-proposal: The proposal does not follow the rules for proposals. The sentence names the field.
bad-reason: The reason does not follow the rules for it, e.g. it is too long.
bad-reply: The reply does not follow the rules for it.
bad-reputation: This file is no reputation, or what it says does not follow from what is in it.
bad-request: The question could not be read: a field is missing, unknown or of another type. A program made a mistake.
bad-review: The review does not follow the rules for reviews.
bad-search-name: This cannot be the name of a saved search.
bad-token: The token is not known, has expired or was revoked. Make another: freehold node token new.
bad-vouch: The vouch does not follow the rules for it.
bad-words: These are not the 24 words of an identity: one is misspelt, missing, or in another place.
broken-plugin: An extension could not be loaded. Correct it, or remove it.
bundle-flawed: The file was changed, or what it says does not hold. Do not rely on it.
cannot-listen: The node cannot listen where config.toml says. The sentence says why.
command-failed: The command given by --exec cannot be run.
blocked: You have blocked this person, so this is not done. Lift the block first: freehold contact unblock.
config-changed: Somebody changed config.toml while you edited a copy of it. Yours was kept aside: compare the two.
connection-lost: The connection to your node broke while it answered. It may have acted: look before you repeat it.
failed: It did not work. The sentence says why.
file-exists: There is a file of that name, and it is not replaced. Move it away, or choose another name.
file-damaged: What the node has is not the file that was signed. Delete it, and fetch it again.
file-in-use: A contract names this file, so somebody may still want it. Delete it only on purpose.
file-open-to-others: Others on this machine can read this secret file. If nobody has: chmod 600.
file-too-large: A node hands over files of up to 25 MiB. Put a longer one somewhere else: its hash can be signed.
file-unreadable: The file cannot be read.
file-unwritable: The file cannot be written. See who owns the folder, and whether the disk is full.
files-full: There is no room for further files. Tidy up, or give more room: files_mb in config.toml.
folder-in-use: This folder holds something already, or is being used.
folder-open-to-others: Others on this machine can look into the node's folder. Make it yours alone: chmod 700.
folder-too-long: The folder's path is too long for a socket in it. Choose a shorter one.
folder-unusable: The folder cannot be made or used. See who owns it, and whether the disk is full.
hash-differs: What would be signed is not what you looked at, so nothing was signed. Look at the text again.
identity-exists: There is an identity in this folder already. Give another one a folder of its own.
internal: A mistake in Freehold itself. Please report it, with the last lines of node.log.
key-corrupt: The key file is damaged. Bring the identity back from its 24 words.
key-locked: The key is locked, or there is none. Unlock it with its passphrase: freehold unlock.
key-open-to-others: Others on this machine can read the key file. If nobody has: chmod 600.
key-reused: An Idempotency-Key was used for two questions. Make a new one for each.
key-unreadable: The key file cannot be read. See who owns it.
label-taken: You call somebody else that already, so the word would tell nobody apart. Take another one.
needed: This may not be erased yet: others still rely on it, e.g. in a contract that is not closed.
no-answer: The node runs, but did not answer in time. See freehold status and node.log.
no-completion: There is no completion for this shell.
no-draft: What you refer to was shown too long ago and is forgotten. Begin again.
no-identity: This node has no identity: it only relays. Make one, or bring one back from its words.
no-editor: No editor was found, or it ended with an error. Say which: EDITOR=nano freehold config edit.
no-inbox: It is not known where this person is reached. It comes by itself once their node is heard of; try later.
no-key: The person's keys are not known here yet.
no-node: There is no node in this folder. Start one: freehold up.
no-offers: There is nothing to take offers from in this file.
no-origin: A program asked to change something, and said neither from which page it comes nor a token. Use a token.
no-page: The node serves no page: page_listen is off, or another program holds its port. See freehold status.
no-page-token: The question did not come from a page of your node. Load the page again.
no-session: This browser is not signed in. Open the page by: freehold open.
no-such-part: The contract has no milestone with that number.
no-such-rail: No way to pay has this name.
no-such-ranking: No ranking has this name.
no-such-setting: There is no setting of this name. See: freehold config show.
no-terms: The words of this contract are not on this node: only its parties have them.
no-timesheet: There are no hours to accept or to pay.
nobody-listens: Whoever started the node left before it was ready.
not-a-test-network: This is only for networks whose names begin with test-.
not-all-published: Some offers were published, others were not. The sentence says which.
not-all-seeded: Some records were taken, others were not.
not-fetched: A file could not be fetched from the other side. The sentence says why, and where else it is said to be.
not-finished: The contract is not at its end yet. Wait, or see whose turn it is.
not-fixable: The doctor has no button for this. Its sentence says what to do by hand.
not-found: Nothing of that name is known here. Check the name, or wait for the node to catch up.
not-open: This is no longer open: it was answered, withdrawn, or it expired.
not-running: No node runs on this folder. Start it: freehold up.
not-signed: You did not agree, so nothing was signed.
not-signed-yet: The other side has not signed yet. Wait for them.
not-your-turn: The contract does not allow this now. See whose turn it is: freehold contract show.
not-yours: This belongs to somebody else, or you are not a party to it.
nothing-changed: This is what it says already.
offer-closed: The offer is closed, or it expired.
only-at-home: Only the command may do this, on the node's own machine: never a browser or a token.
other-identity: This belongs to another identity than the one of this node.
other-network: This belongs to another network. Use another folder, or correct network in config.toml.
other-origin: Another web site asked your browser to do something with your node. It was refused. You need do nothing.
own-identity: This is about somebody else, and you named yourself.
own-offer: You cannot answer your own offer.
page-expired: The form belongs to an earlier session, so nothing was done. Send it once more.
port-in-use: Another program listens on that port. Stop it, or choose another: listen in config.toml.
quota-a-day: You published as much today as others keep of one person. Wait for tomorrow.
quota-open-offers: You have as many open offers as others keep of one person. Close some.
replied-already: A review is answered once, and it was.
restore-unfinished: Restoring a backup was broken off in the middle. Restore it again, with --replace.
reviewed-already: A contract is reviewed once by each side, and you did.
scope-missing: The token is not good for this. Make one that is: freehold node token new --scope.
start-failed: The node ended before it was ready. See the end of node.log in its folder.
still-running: The node has not stopped in time. See node.log.
stopped: It was stopped before it was done.
storage-away: The database server does not answer. See to it; nothing that was acknowledged is lost.
storage-broken: The database cannot be used. Restore the folder from a backup: freehold backup.
storage-full: The disk is full. Make room; nothing that was acknowledged is lost.
text-too-long: The text is longer than a record may be. Make it shorter.
too-large: This is larger than a record or an answer may be.
too-late: The time for this is over.
too-many-fetches: Many files wait to be fetched already. Wait for some of them.
too-many-guesses: Too many wrong passphrases. Wait a little, then try again.
too-many-hours: More hours than were agreed for a week.
too-many-listeners: As many programs listen for events as the node serves. Close some tabs or freehold watch.
too-many-notes: A contract has room for so many notes of one party.
too-many-people: There are as many labels or blocks as the node keeps. Take some off.
too-many-searches: There are as many saved searches as the node keeps. Remove one.
too-many-tokens: There are as many tokens as the node keeps. Revoke one: freehold node token list.
unknown-kind: Your node knows no kind of record of that name. Plugins bring their own: freehold dev kinds lists all.
unreachable: The other node cannot be reached. Check its address, and that it runs.
unreadable-file: The file is not what it should be.
upkeep-failed: The database could not be looked after. The sentence says why; nothing is lost.
upload-broken: A file did not arrive whole, and nothing of it was kept. Send it once more.
usage: The command was not typed as it is used. See its --help.
weak-passphrase: The passphrase is too easy to guess. Take a longer one.
which-change: Several changes are open. Name the one you mean.
words-differ: These are other words than were shown. Look at the paper again.
words-not-here: No node keeps the 24 words of its owner. They are on the paper that you wrote, or nowhere.
words-not-kept: The words were not kept, so no identity was made. Start again.
wrong-host: The browser asked for your node under a name that is not its own. Use the address that freehold open prints.
wrong-passphrase: The passphrase does not fit the key.
"""

MEANINGS: dict[str, str] = {
    code: meaning for code, _, meaning in (line.partition(": ") for line in _MEANINGS.strip().splitlines())
}
"""What each code means."""
