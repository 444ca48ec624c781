"""What seems wrong with the catalogue's pictures: rules, and the writes of what they find. docs/keeping.md explains.

Each rule looks at one picture with what is known of it. They are cautious: what nobody can tell is no finding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db import transaction
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from catalog.models import Category, Product, ProductImage
from visualsearch import colours, measuring, shelves
from visualsearch.ml.types import FULL_FRAME
from visualsearch.models import Indexing, ModelVersion, Region, Stage, State
from visualsearch.modelsdoctor import Ailment, Finding, Measure, Waiver
from visualsearch.searchneighbours import Neighbour, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LEAST = 400  # px of a picture's shorter side
BLURRED = 0.06  # `measures.sharpness` below it
LOOKED = 10  # neighbours that are asked where a picture belongs
# From these scores on the detector is believed against the keeper, if at most that share of the neighbours agrees
# with the keeper.
BELIEF = ((0.8, 0.6), (0.5, 0.3), (0.0, 0.1))
ALIKE = 0.9  # cosine from which two pictures may be the same
MOST = 8  # pixels of a fingerprint, of 64
FINGERS_APART = 24.0  # up to there two fingerprints are of the same picture
COLOUR_APART = 28.0  # distance of a name from every colour of the garment, see `colours.distance`
AGAIN = timedelta(days=1)  # a picture is examined again after: its product, or others, may have changed
AT_ONCE = 200


@dataclass(slots=True)
class Patient:
    """A picture with all that the rules ask about."""

    image: ProductImage
    measure: Measure
    indexed: bool  # the regions are of the file that is there now
    items: list[Region]
    near: list[Neighbour]
    twins: dict[int, bytes] = field(default_factory=dict)  # fingerprints of the nearest, by picture
    worn: str = ""  # the position that the category tells
    worn_near: list[str] = field(default_factory=list)  # those that the neighbours' categories tell
    peers: int = 0  # other products that are worn there: too few have no say

    @property
    def seen(self) -> list[Region]:
        """Items that the detector saw; a picture that stands in for its own item shows none."""
        return [item for item in self.items if item.label or item.box != FULL_FRAME]

    @property
    def shows_it(self) -> bool:
        """Whether something was seen that is worn as the category tells, or seen at all where it tells nothing."""
        return any(map(self.fits, self.seen))

    def fits(self, item: Region) -> bool:
        """Whether it is what the category promises. An item without a label was taken for something else."""
        return bool(item.label) and item.position == (self.worn or item.position)


def small(patient: Patient) -> dict[str, Any] | None:
    """Fewer pixels than a product page shows."""
    width, height = patient.image.width, patient.image.height
    return {"width": width, "height": height, "least": LEAST} if min(width, height) < LEAST else None


def blurred(patient: Patient) -> dict[str, Any] | None:
    """Out of focus, shaken, or a small picture made large."""
    sharpness = patient.measure.sharpness
    return {"sharpness": round(sharpness, 3), "least": BLURRED} if sharpness < BLURRED else None


def nothing(patient: Patient) -> dict[str, Any] | None:
    """The detector saw no garment, not even a doubtful one."""
    return {} if patient.indexed and not patient.seen else None


def category(patient: Patient) -> dict[str, Any] | None:
    """The detector puts it elsewhere than its category does, and the pictures most like it do not speak for that.

    The surer the detector is, the more of them may; where it is not sure at all, none.
    """
    votes = Counter(position for position in patient.worn_near if position)
    if not patient.seen or patient.shows_it or min(patient.peers, sum(votes.values())) < LOOKED / 2:
        return None
    others = [item for item in patient.seen if not patient.fits(item)]
    sure = max((item.score for item in others), default=0.0)
    total, agreeing = sum(votes.values()), votes.pop(patient.worn, 0)
    if not votes or agreeing / total > next(most for score, most in BELIEF if sure >= score):
        return None
    best = max(others, key=lambda item: item.score, default=None)
    return {"worn": patient.worn, "looks": (best and best.label and best.position) or votes.most_common(1)[0][0]}


def colour(patient: Patient) -> dict[str, Any] | None:
    """None of the names that its colour may have comes near a colour of the garment."""
    image = patient.image
    names = [image.colour] if image.colour else sorted({v.colour for v in image.product.variants.all()} - {""})
    apart = [colours.distance(name, patient.measure.colours) for name in names]
    far = [distance for distance in apart if distance is not None]
    if not far or len(far) < len(apart) or min(far) <= COLOUR_APART or not patient.shows_it:
        return None
    return {"names": names, "colours": [c for c in patient.measure.colours if c[3] >= colours.SHARE]}


def twin(patient: Patient) -> dict[str, Any] | None:
    """Another product had this picture first: nearly the same vector, nearly the same few pixels."""
    for other in patient.near if patient.seen else []:  # tables of sizes may well be the same
        there = patient.twins.get(other.image_id)
        if other.score >= ALIKE and there and _apart(bytes(patient.measure.fingerprint), there) <= FINGERS_APART:
            return {"other": other.image_id, "score": round(other.score, 3)}
    return None


RULES: dict[Ailment, Callable[[Patient], dict[str, Any] | None]] = {
    Ailment.NOTHING: nothing,
    Ailment.TWIN: twin,
    Ailment.CATEGORY: category,
    Ailment.COLOUR: colour,
    Ailment.SMALL: small,
    Ailment.BLURRED: blurred,
}


def sweep() -> None:
    """Measure and examine some of the pictures that wait for it."""
    measuring.measure_all(measuring.unmeasured()[:AT_ONCE])
    examine(due().values_list("pk", flat=True)[:AT_ONCE])


def due() -> QuerySet[ProductImage]:
    """Measured pictures that were not examined since, or not for a day, the longest waiting first."""
    late = Q(measure__examined__lt=timezone.now() - AGAIN) | Q(measure__examined__lt=F("product__updated"))
    measured = ProductImage.objects.filter(measure__sha256=F("sha256"))
    waiting = measured.filter(Q(measure__examined=None) | late).exclude(product__status=Product.Status.ARCHIVED)
    return waiting.order_by(F("measure__examined").asc(nulls_first=True), "pk")


def examine(image_ids: Iterable[int]) -> list[Finding]:
    """Look at measured pictures and write down what is wrong with each, in place of what was found before."""
    return [finding for patient in _patients(list(image_ids)) for finding in _findings(patient)]


def waive(finding: Finding) -> None:
    """It is no problem, as long as the picture's file stays the same."""
    file = {"sha256": finding.image.sha256}
    Waiver.objects.update_or_create(image=finding.image, kind=finding.kind, defaults=file)


def unwaive(finding: Finding) -> None:
    """It is a problem after all."""
    Waiver.objects.filter(image=finding.image, kind=finding.kind).delete()


@transaction.atomic
def _findings(patient: Patient) -> list[Finding]:
    """Write one picture's findings; one that was there before keeps its date."""
    image = patient.image
    before = dict(Finding.objects.filter(image=image).values_list("kind", "found"))
    found = []
    for kind, rule in RULES.items():
        if (facts := rule(patient)) is not None:
            other = facts.pop("other", None)
            since = before.get(kind, timezone.now())
            found.append(Finding(image=image, kind=kind, facts=facts, other_id=other, found=since))
    Finding.objects.filter(image=image).delete()
    Finding.objects.bulk_create(found)
    Measure.objects.filter(image=image, sha256=patient.measure.sha256).update(examined=timezone.now())
    return found


def _patients(ids: Sequence[int]) -> list[Patient]:
    """The pictures with what the rules ask about, in a handful of queries."""
    version = ModelVersion.objects.filter(state=Stage.ACTIVE).first()
    items = Region.objects.filter(version=version, ordinal__gt=0).defer("embedding")
    done = Indexing.objects.filter(version=version, state=State.DONE)
    images = ProductImage.objects.filter(pk__in=ids, measure__sha256=F("sha256"))
    images = images.select_related("product__category", "measure").prefetch_related(
        "product__variants", Prefetch("regions", items, to_attr="items"), Prefetch("indexing", done, to_attr="done")
    )
    there = Shelves.now()
    near = neighbours(ids, version, LOOKED) if version else {}
    prints = _fingerprints(near)
    return [_patient(image, near.get(image.pk, []), prints, there) for image in images]


def _patient(image: Any, near: list[Neighbour], prints: dict[int, bytes], there: Shelves) -> Patient:
    indexed = any(row.sha256 == image.sha256 for row in image.done)
    patient = Patient(image, image.measure, indexed, image.items if indexed else [], near if indexed else [])
    # Of two twins the later one is told of, so that one pair is one finding.
    patient.twins = {n.image_id: prints[n.image_id] for n in near if n.image_id < image.pk and n.image_id in prints}
    patient.worn_near = [there.worn.get(n.category_id, "") for n in near]
    patient.worn = there.worn.get(image.product.category_id, "")
    patient.peers = there.products[patient.worn] - 1 if patient.worn else 0
    return patient


class Shelves(NamedTuple):
    """Where the things of each category are worn, by its id, and how many products are worn at each position."""

    worn: dict[int, str]
    products: Counter[str]

    @classmethod
    def now(cls) -> Self:
        """As the catalogue is."""
        worn = {category.pk: _worn(category) for category in Category.objects.select_related("parent")}
        counts = Product.objects.exclude(status=Product.Status.ARCHIVED).order_by().values_list("category")
        products = Counter[str]()
        for pk, count in counts.annotate(count=Count("pk")):
            products[worn[pk]] += count
        return cls(worn, products)


def _worn(category: Category) -> str:
    """The position that the category tells, if those above it tell no other: "Dresses / Short" are no shorts."""
    above = [category]
    while above[-1].parent:
        above.append(above[-1].parent)
    told = {shelves.position_of_name(one.name) for one in above} - {""}
    return told.pop() if len(told) == 1 else ""


def _fingerprints(near: dict[int, list[Neighbour]]) -> dict[int, bytes]:
    close = {n.image_id for some in near.values() for n in some if n.score >= ALIKE}
    return {pk: bytes(one) for pk, one in Measure.objects.filter(image__in=close).values_list("pk", "fingerprint")}


def _apart(one: bytes, other: bytes) -> float:
    """How far apart two fingerprints are where they are most: the mean of MOST pixels' strongest channels, 0 to 255.

    The mean of all would take a shirt for its twin in another colour, where both are small before a white wall.
    """
    channels = [abs(a - b) for a, b in zip(one, other, strict=True)]
    pixels = sorted(max(channels[at : at + 3]) for at in range(0, len(channels), 3))
    return sum(pixels[-MOST:]) / MOST
