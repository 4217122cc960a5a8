"""OASIS's own TAXII client (PyPI: taxii2-client 2.3.0) against the exchange: python taxii-client.py DISCOVERY PARTNER_KEY OWN_KEY"""
import json
import sys

from taxii2client.exceptions import AccessError
from taxii2client.v21 import Server, as_pages

discovery, partner, own = sys.argv[1:4]
server = Server(discovery, user="partner", password=partner)
root = server.api_roots[0]
root.refresh()
indicators, feedback = root.collections
assert [c.title for c in root.collections] == ["Indicators", "Feedback"], root.collections
assert (indicators.can_read, indicators.can_write, feedback.can_read, feedback.can_write) == (True, False, False, True)

mine = Server(discovery, user="lab", password=own).api_roots[0].collections[0]
objects = json.load(sys.stdin)
status = mine.add_objects({"objects": objects}, wait_for_completion=True, timeout=10)
assert status.status == "complete" and status.success_count == len(objects), status.status

# Pages of seven, to the end.
pages = list(as_pages(indicators.get_objects, per_request=7))
seen = [o["id"] for page in pages for o in page["objects"]]
assert seen == [o["id"] for o in objects], len(seen)
assert len(pages) > 2, len(pages)
one = indicators.get_object(seen[3])
assert one["objects"][0]["id"] == seen[3]
manifest = indicators.get_manifest()
assert len(manifest["objects"]) == len(objects)
after = manifest["objects"][4]["date_added"]
assert len(indicators.get_objects(added_after=after)["objects"]) == len(objects) - 5
assert len(indicators.get_objects(type="identity")["objects"]) == 1
try:
    feedback.get_objects()
    raise SystemExit("a partner read what others say back")
except AccessError:
    pass
print(f"{len(objects)} objects, {len(pages)} pages of 7: discovery, root, collections, status, objects, manifest, added_after, match[type]")
