"""Short words after a change, shown once on the next page. A cookie names one of them; it never holds text."""

from __future__ import annotations

from .terms import N_

SENTENCES = {
    "fetching": N_("Being fetched from the other side's node. This page shows how far it is."),
    "published": N_("Signed and published. Other nodes hear of it now."),
    "saved": N_("Saved."),
    "proposed": N_("Signed, and on its way to the other side."),
    "signed": N_("Signed. The other side's node hears of it now."),
    "reviewed": N_("Signed. It is shown once both have reviewed, or the time for it is over."),
    "searching": N_("Saved. Your inbox tells you of new offers that fit."),
    "dropped": N_("Forgotten. You hear nothing more of it."),
    "closed": N_("Signed: the offer is closed. Nobody can answer it any more."),
    "profile": N_("Signed and published: this is how others see you now."),
    "trusted": N_("Added to your contacts. What they say weighs more for you from now on."),
    "distrusted": N_("Removed from your contacts."),
    "blocked": N_("Blocked. You can lift it here at any time."),
    "unblocked": N_("No longer blocked. Everything is as before."),
    "labelled": N_("Saved. Only you see it."),
    "unlocked": N_("Your key is unlocked."),
    "locked": N_("Your key is locked. Nothing can be signed until you unlock it."),
    "connected": N_("Connected."),
    "settings": N_("Settings saved."),
    "revoked": N_("The token is ended."),
    "welcome": N_("You are set up. Welcome to the market."),
    "backup": N_("The backup is written."),
    "fixed": N_("Done. The check ran again."),
}
