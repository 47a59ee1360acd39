"""In which country a time zone lies, as the protocol names countries: for the emergency number.

From the table that comes with the time zone database (zone.tab), for the countries in the protocol
file that comes with Coach, with the older names that browsers still send. A zone that is not here
tells no country: nothing is guessed, and the patient is asked.
"""

from __future__ import annotations

_ZONES = {
    "AE": "Asia/Dubai",
    "AR": (
        "America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/Cordoba "
        "America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza "
        "America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan "
        "America/Argentina/San_Luis America/Argentina/Tucuman America/Argentina/Ushuaia America/Buenos_Aires "
        "America/Catamarca America/Cordoba America/Jujuy America/Mendoza"
    ),
    "AU": (
        "Antarctica/Macquarie Australia/Adelaide Australia/Brisbane Australia/Broken_Hill Australia/Darwin "
        "Australia/Eucla Australia/Hobart Australia/Lindeman Australia/Lord_Howe Australia/Melbourne "
        "Australia/Perth Australia/Sydney"
    ),
    "BD": "Asia/Dhaka",
    "BR": (
        "America/Araguaina America/Bahia America/Belem America/Boa_Vista America/Campo_Grande America/Cuiaba "
        "America/Eirunepe America/Fortaleza America/Maceio America/Manaus America/Noronha America/Porto_Velho "
        "America/Recife America/Rio_Branco America/Santarem America/Sao_Paulo"
    ),
    "CA": (
        "America/Atikokan America/Blanc-Sablon America/Cambridge_Bay America/Creston America/Dawson "
        "America/Dawson_Creek America/Edmonton America/Fort_Nelson America/Glace_Bay America/Goose_Bay "
        "America/Halifax America/Inuvik America/Iqaluit America/Moncton America/Montreal America/Rankin_Inlet "
        "America/Regina America/Resolute America/St_Johns America/Swift_Current America/Toronto "
        "America/Vancouver America/Whitehorse America/Winnipeg"
    ),
    "CH": "Europe/Zurich",
    "CL": "America/Coyhaique America/Punta_Arenas America/Santiago Pacific/Easter",
    "CN": "Asia/Chongqing Asia/Harbin Asia/Shanghai Asia/Urumqi",
    "CO": "America/Bogota",
    "EG": "Africa/Cairo",
    "EU": (
        "Africa/Ceuta Asia/Famagusta Asia/Nicosia Atlantic/Azores Atlantic/Canary Atlantic/Madeira "
        "Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest "
        "Europe/Budapest Europe/Busingen Europe/Copenhagen Europe/Helsinki Europe/Lisbon Europe/Ljubljana "
        "Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Paris Europe/Prague Europe/Riga Europe/Rome "
        "Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Vienna Europe/Vilnius Europe/Warsaw "
        "Europe/Zagreb"
    ),
    "GB": "Europe/London",
    "HK": "Asia/Hong_Kong",
    "IE": "Europe/Dublin",
    "IL": "Asia/Jerusalem",
    "IN": "Asia/Calcutta Asia/Kolkata",
    "IS": "Atlantic/Reykjavik",
    "JP": "Asia/Tokyo",
    "KE": "Africa/Nairobi",
    "KR": "Asia/Seoul",
    "LI": "Europe/Vaduz",
    "MX": (
        "America/Bahia_Banderas America/Cancun America/Chihuahua America/Ciudad_Juarez America/Hermosillo "
        "America/Matamoros America/Mazatlan America/Merida America/Mexico_City America/Monterrey "
        "America/Ojinaga America/Tijuana"
    ),
    "MY": "Asia/Kuala_Lumpur Asia/Kuching",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland Pacific/Chatham",
    "PH": "Asia/Manila",
    "QA": "Asia/Qatar",
    "SA": "Asia/Riyadh",
    "SG": "Asia/Singapore",
    "TH": "Asia/Bangkok",
    "TR": "Europe/Istanbul",
    "TW": "Asia/Taipei",
    "UA": "Europe/Kiev Europe/Kyiv Europe/Simferopol",
    "US": (
        "America/Adak America/Anchorage America/Boise America/Chicago America/Denver America/Detroit "
        "America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo America/Indiana/Petersburg "
        "America/Indiana/Tell_City America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac "
        "America/Indianapolis America/Juneau America/Kentucky/Louisville America/Kentucky/Monticello "
        "America/Los_Angeles America/Louisville America/Menominee America/Metlakatla America/New_York "
        "America/Nome America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem "
        "America/Phoenix America/Sitka America/Yakutat Pacific/Honolulu US/Central US/Eastern US/Mountain "
        "US/Pacific"
    ),
    "VN": "Asia/Ho_Chi_Minh Asia/Saigon",
    "ZA": "Africa/Johannesburg",
}

_COUNTRIES = {zone: country for country, zones in _ZONES.items() for zone in zones.split()}


def country_of(zone: str) -> str:
    """Return the country of an IANA zone, "EU" for a member of the European Union; "" if not known."""
    return _COUNTRIES.get(zone, "")


def zones_of(country: str) -> tuple[str, ...]:
    """Return the IANA zones of a country of the protocol; none where it is not known."""
    return tuple(_ZONES.get(country, "").split())
