"""What the table of cases is about: a form, an instance of it, the files beside it, the moment; and what a case is."""

from dataclasses import dataclass

FORM = """
| survey  |                        |          |             |                    |             |
|         | type                   | name     | label       | relevant           | calculation |
|         | text                   | name     | Name        |                    |             |
|         | text                   | title    | Title       |                    |             |
|         | text                   | code     | Code        |                    |             |
|         | integer                | n        | Number      |                    |             |
|         | decimal                | price    | Price       |                    |             |
|         | text                   | empty    | Empty       |                    |             |
|         | integer                | none     | None        |                    |             |
|         | date                   | born     | Born        |                    |             |
|         | dateTime               | met      | Met         |                    |             |
|         | time                   | clock    | Clock       |                    |             |
|         | select_multiple crop   | crops    | Crops       |                    |             |
|         | select_one county      | county   | County      |                    |             |
|         | select_one village     | village  | Village     |                    |             |
|         | geopoint               | where    | Where       |                    |             |
|         | geoshape               | field    | Field       |                    |             |
|         | begin repeat           | members  | Members     |                    |             |
|         | text                   | nm       | Name        |                    |             |
|         | integer                | age      | Age         |                    |             |
|         | integer                | wage     | Wage        | ${age} >= 16       |             |
|         | calculate              | old      |             |                    | ${age} > 60 |
|         | end repeat             |          |             |                    |             |
|         | csv-external           | prices   |             |                    |             |
|         | xml-external           | places   |             |                    |             |
| choices |                        |          |             |                    |             |
|         | list_name              | name     | label       | county             |             |
|         | crop                   | maize    | Maize       |                    |             |
|         | crop                   | potato   | Potato      |                    |             |
|         | crop                   | walnut   | Walnut      |                    |             |
|         | county                 | a        | Left county |                    |             |
|         | county                 | b        | Right one   |                    |             |
|         | village                | v1       | First       | a                  |             |
|         | village                | v2       | Second      | a                  |             |
|         | village                | v3       | Third       | b                  |             |
| settings |                       |          |             |                    |             |
|         | form_id                | version  |             |                    |             |
|         | cases                  | 1        |             |                    |             |
"""

FILES = {
    "prices.csv": b"crop,price,sold\nmaize,2.5,2018-04-01\nwalnut,30,2018-05-01\nwalnut,28,\n",
    "places.xml": b"<places><place id='p1'><height>900</height></place><place id='p2'><height>1200</height></place></places>",
}

INSTANCE = """<data id="cases" version="1"><name>王小明</name><title>  Two  words </title><code>A-17</code><n>4</n><price>2.5</price>
<empty/><none/><born>1980-02-29</born><met>2018-04-20T09:30:00.000+08:00</met><clock>09:30:00.000+08:00</clock>
<crops>maize walnut</crops><county>a</county><village>v2</village><where>33.5 108.25 900 5</where>
<field>34 108 0 0;34 108.01 0 0;34.01 108.01 0 0;34.01 108 0 0;34 108 0 0</field>
<members><nm>Ann</nm><age>70</age><wage>100</wage></members><members><nm>Bo</nm><age>40</age><wage>250</wage></members>
<members><nm>Cy</nm><age>10</age><wage/></members><meta><instanceID>uuid:1</instanceID></meta></data>"""

NOW = "2018-04-20T10:15:30.500+08:00"
SECOND = "/data/members[2]/age"
"""The node of the second member's age, as context of the cases about repeats."""


@dataclass(frozen=True, slots=True)
class Case:
    """What `expression` gives at the node `context`; the type of `expected` says as what the result is asked for."""

    expression: str
    expected: bool | float | str
    context: str = "/data"
