"""What the browser sends: session token, time zone, locale and address."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from coach.config import mode
from coach.domain.times import zone_names
from coach.domain.zone_countries import country_of

# Regions that use am and pm (CLDR's hour formats with "h", also beside "H").
COUNT_TO_TWELVE = frozenset({
    "AE", "AU", "BD", "BH", "CA", "CO", "DO", "EG", "GB", "GH", "GR", "HK", "HN", "IE", "IN", "IQ", "JO", "KE", "KR", "KW",
    "LB", "LK", "LY", "MX", "MY", "NG", "NI", "NP", "NZ", "OM", "PA", "PH", "PK", "QA", "SA", "SD", "SG", "SV", "SY", "TN",
    "TW", "UG", "US", "VE", "YE", "ZA", "ZM", "ZW",
})  # fmt: skip


def token() -> str:
    """Return the session token of this browser, or ""."""
    try:
        return str(st.context.cookies.get(mode.session_cookie()) or "")
    except OSError:  # the data folder cannot be used, and so neither can the record
        return ""


def zone() -> str:
    """Return the browser's time zone; UTC if it sends none."""
    proposed = st.context.timezone or "UTC"
    return proposed if proposed in zone_names() else "UTC"


def country() -> str:
    """Return the country of the browser's time zone, as the protocol names it; "" if it tells none."""
    return country_of(zone())


def locale() -> str:
    """Return the language and region that the browser asks for, such as "de-CH"; "" if it sends none.

    Where the page is read in another language, the browser sends that one before it, such as "fr-FR-x-de-CH"
    (`assets/ui/spoken.js`).
    """
    return (st.context.locale or "").rpartition("-x-")[2]


def region() -> str:
    """Return the region of the browser's language by ISO 3166, such as "AT" of `de-AT`; "" for none."""
    _language, *more = locale().replace("_", "-").split("-")
    return next((part.upper() for part in more if len(part) == 2), "")


def twelve_hours(country: str = "") -> bool:
    """Tell whether a time of day without am or pm may mean either half of the day.

    It may if the browser's locale or the patient's country uses am and pm: asking once too
    often is harmless, opening twelve hours too early is not.
    """
    language, *more = locale().replace("_", "-").split("-")
    regions = [part.upper() for part in more if len(part) == 2]
    if country.upper() in COUNT_TO_TWELVE or any(region in COUNT_TO_TWELVE for region in regions):
        return True
    return language == "en" and not regions


def at(path: str) -> bool:
    """Tell whether the browser is at that path of this server."""
    return urlsplit(st.context.url or "").path.rstrip("/") == path
