"""What the tests of local inputs share: a region of two units."""

from wohnlib.areas import Areas

UNIT, OTHER, REGION = "03251012", "03251407", "03251"
AREAS = Areas(
    region=REGION, region_name="Landkreis Diepholz", keys=(UNIT, OTHER), names=("Diepholz, Stadt", "Siedenburg"),
    short_names=("Diepholz", "Siedenburg"), kinds=("Einheitsgemeinde", "Samtgemeinde"),
    members={"03251004": OTHER},
)  # fmt: skip
