"""What peers' records say of our clock."""

from hypothesis import given, strategies as st

from freehold.node.core.clocks import CLAIMS, PEERS, WINDOW_MS, Clocks

MINUTE_MS = 60_000
NOW = 10**12


def clocks(*claims):
    found = Clocks()
    for peer, at in claims:
        found.heard(peer, at, NOW)
    return found


def test_nobody_says_nothing():
    assert Clocks().ahead_ms(NOW) is None


def test_the_newest_of_each_peer_counts_and_old_records_say_nothing():
    assert clocks(("a", NOW - 9 * MINUTE_MS), ("a", NOW - 5), ("a", NOW - MINUTE_MS)).ahead_ms(NOW) == -5


@given(st.lists(st.integers(-(10**9), 10**9), max_size=4))
def test_fewer_liars_than_honest_peers_move_nothing(lies):
    honest = [(f"honest {number}", NOW + 5 * MINUTE_MS) for number in range(len(lies) + 1)]
    found = clocks(*honest, *((f"liar {number}", NOW + lie) for number, lie in enumerate(lies)))
    assert found.ahead_ms(NOW) == 5 * MINUTE_MS


def test_a_clock_that_was_set_is_judged_by_what_came_since():
    found = clocks(("a", NOW + 9 * MINUTE_MS), ("b", NOW + 9 * MINUTE_MS))
    later = NOW + 9 * MINUTE_MS + WINDOW_MS + 1
    found.heard("a", later - 10, later)
    assert found.ahead_ms(later) == -10


def test_who_left_has_no_say_and_what_is_remembered_is_bounded():
    found = clocks(("a", NOW + 5), ("b", NOW))
    found.gone("a")
    found.gone("a")
    assert found.ahead_ms(NOW) == 0
    for number in range(PEERS * 2):
        for _ in range(CLAIMS * 2):
            found.heard(str(number), NOW, NOW)
    assert len(found._heard) == PEERS
    assert {len(claims) for claims in found._heard.values()} == {CLAIMS}
