//! What the invented listings are made of. Lists are written with bars between their parts.

/// English words as they stand in reports and directories of community services, sorted.
pub(crate) const WORDS: &str = include_str!("words.txt");

/// First halves of invented places.
pub(crate) const STARTS: &str = "ash|bark|beck|birch|black|bram|brent|brook|buck|calder|carl|\
cherry|clay|cold|crow|dray|dun|east|elder|elm|fair|fern|fox|glen|gold|grim|hale|hart|hazel|heath|\
hemp|hol|horn|king|lang|lark|lin|long|mar|mel|mill|moor|nether|new|north|oak|orms|over|peb|penn|\
quar|raven|red|rook|ruther|saw|sedge|shel|silver|south|stan|stone|swan|thorn|trent|tun|upper|wald|\
ward|wat|west|wex|whit|wil|win|wolver|wood|yar|yew";

/// Second halves of invented places.
pub(crate) const ENDS: &str = "avon|bourne|bridge|brook|burgh|bury|by|cliffe|combe|cote|croft|\
dale|dean|don|ey|field|fleet|ford|gate|grove|ham|hampton|haven|hithe|holme|hurst|ingham|lake|leigh|\
ley|low|mere|minster|more|mouth|ness|over|pool|port|sett|stead|stoke|stow|thorpe|toft|ton|wade|\
water|well|wich|wick|worth";

/// Names with letters that an English keyboard lacks.
pub(crate) const NEWCOMERS: &str = "Łódź|Świetlica Dębowa|Źródło|Wspólny Stół|Żółw|Gęsia|Brașov|\
Țară|Hărmanul|Împreună|Săptămâna|Bună Ziua|Šeimų Ratas|Žuvėdra|Ąžuolas|Lietuvių Būrelis|Čiurlys|\
Révélation|Café Müller|São Tomé|Señora|Håndverk|Đorđe|Smørrebrød|Bếp Việt|Ngôi Nhà";

/// What a listing's name ends with.
pub(crate) const KINDS: &str = "Carers Group|Food Bank|Lunch Club|Advice Centre|Night Shelter|\
Youth Club|Befrienders|Community Garden|Men's Shed|Toy Library|Credit Union|Parents' Circle|\
Bereavement Support|Memory Café|Walking Group|Knit and Natter|Debt Helpline|Language Exchange|\
Warm Hub|Baby Bank|Repair Café|Recovery Group|Women's Refuge|Stroke Club|Dementia Friends|\
Drop-in|Housing Project|Family Centre|Job Club|Computer Class|Choir|Transport Scheme|Art Studio|\
Counselling Service|Sight Loss Society|Deaf Club|Mediation Service|Veterans' Breakfast|\
Breastfeeding Group|Street Pastors|Community Kitchen|Clothing Exchange|Furniture Store|\
Foodbank|Law Clinic|Tenants' Association|Refugee Welcome|Allotments|Swimming Club|Dance Circle";

/// Categories.
pub(crate) const CATEGORIES: [&str; 14] = [
    "Money and debt",
    "Housing and homelessness",
    "Food",
    "Health and wellbeing",
    "Mental health",
    "Families and children",
    "Older people",
    "Disability",
    "Carers",
    "Work and learning",
    "Safety and abuse",
    "Drugs and alcohol",
    "Migration and language",
    "Getting around",
];

/// How a service helps.
pub(crate) const WAYS: &str = "free and confidential|practical|weekly|friendly|professional|\
low-cost|volunteer-run|round-the-clock|one-to-one|walk-in|home visits and|telephone|online|\
specialist|multilingual|emergency|long-term|peer-led|small-group|open-door";

/// What it helps with.
pub(crate) const NEEDS: &str = "advice about benefits|help with rent arrears|hot meals|\
food parcels|company and conversation|support after a bereavement|counselling|English lessons|\
help to find work|lifts to hospital appointments|respite breaks|clothes and bedding|\
school uniforms|furniture|energy vouchers|legal advice|debt advice|help with forms|\
computer lessons|healthy cooking classes|gentle exercise|speech therapy|physiotherapy|\
parenting courses|childcare|help to stop smoking|detox and rehabilitation|hearing-aid batteries|\
eye tests|wheelchair loans|safe accommodation|advocacy at tribunals|immigration advice|\
mortgage advice|gardening|small repairs at home|pet fostering|translation and interpreting|\
support with autism|support with dyslexia|help with gambling|mediation between neighbours";

/// For whom.
pub(crate) const PEOPLE: &str = "older people|young people|carers|families with small children|\
refugees|single parents|people with dementia|people who sleep rough|women|men over fifty|veterans|\
students|people with sight loss|deaf people|new mothers|fathers|grandparents who raise children|\
people out of work|tenants|foster families|people with a learning disability|wheelchair users|\
survivors of abuse|people in recovery|travellers|night workers|anybody who feels lonely";

/// When.
pub(crate) const DAYS: &str = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|weekday|\
other Tuesday|first Monday of the month|last Friday of the month|school day|bank holiday";

/// Patterns of sentences: `W` is any word, the others in capitals are what they say.
pub(crate) const SENTENCES: &str = "\
NAME offers NEED and NEED to PEOPLE, with a W and W space in PLACE where nobody is judged.|\
Our W team meets every DAY at HOUR and helps PEOPLE to find W, W and W close to home.|\
You do not need an appointment: come on a DAY between HOUR and HOUR, ask for the W desk, and \
somebody will sit down with you.|\
We also run W sessions, W workshops and a W group, and we can put you in touch with NEED if that \
is what you are looking for.|\
Volunteers from PLACE give their W and W so that PEOPLE can have NEED without waiting for W.|\
Please bring a W or a letter that shows your W, and tell us beforehand if you need W or an \
interpreter.|\
The W is on the ground floor, there is a ramp and a W toilet, and the bus from PLACE stops outside \
the W every DAY.|\
Since the W closed, NAME has grown into a place for W, W and NEED, paid for by W and a small grant \
for W.|\
If you are worried about W or W, ring us in confidence; we listen first and then look for NEED \
together with PEOPLE who know it themselves.|\
Children are welcome, W and W are free, and on the DAY we cook W together and share what is left \
over with PEOPLE in PLACE.|\
People tell us that the W made them feel W again, and that W with others in PLACE was worth more \
than any W.|\
Referrals come from your W, a social worker or a W nurse, but you may refer yourself for NEED at \
any time before HOUR.|\
In winter we open our W as a warm space with W, W and hot drinks, and PEOPLE can charge a W or \
borrow a W for the evening.";
