// Reads calendars with ical.js alone: from standard input an object of texts, to standard output the start of every
// occurrence of each, in seconds since 1970. Of zones it knows what stands in the text, and nothing else.
const ICAL = require("./ical.es5.min.cjs");

const read = (text) => {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent");
  const exceptions = events.filter((event) => event.hasProperty("recurrence-id"));
  const starts = [];
  for (const series of events.filter((event) => !event.hasProperty("recurrence-id"))) {
    const uid = series.getFirstPropertyValue("uid");
    const own = exceptions.filter((each) => each.getFirstPropertyValue("uid") === uid);
    const event = new ICAL.Event(series, { exceptions: own });
    const each = event.iterator();
    for (let next = each.next(); next; next = each.next()) {
      starts.push(event.getOccurrenceDetails(next).startDate.toUnixTime());
    }
  }
  return starts.sort((a, b) => a - b);
};

const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(texts).map(([k, v]) => [k, read(v)]))));
