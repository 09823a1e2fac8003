//! Short lists of names and places, the commonest first; rarer names are made
//! of syllables.

use crate::random::Random;

pub const GIVEN: &[&str] = &[
    "James",
    "Mary",
    "John",
    "Anna",
    "Robert",
    "Emma",
    "Michael",
    "Olivia",
    "David",
    "Sarah",
    "William",
    "Laura",
    "Thomas",
    "Julia",
    "Daniel",
    "Sophie",
    "Paul",
    "Elizabeth",
    "Mark",
    "Susan",
    "George",
    "Emily",
    "Peter",
    "Alice",
    "Steven",
    "Lucy",
    "Andrew",
    "Grace",
    "Simon",
    "Helen",
    "Jack",
    "Chloe",
    "Harry",
    "Jane",
    "Oliver",
    "Kate",
    "Henry",
    "Ruth",
    "Samuel",
    "Amy",
    "Joseph",
    "Clara",
    "Adam",
    "Rose",
    "Martin",
    "Eva",
    "Philip",
    "Nora",
    "Edward",
    "Ella",
    "Charles",
    "Ivy",
    "Frank",
    "Maria",
    "Leo",
    "Hannah",
    "Oscar",
    "Lily",
    "Max",
    "Zoe",
];

pub const FAMILY: &[&str] = &[
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel",
    "Robinson", "Wright", "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall",
    "Wood", "Jackson", "Clarke", "Khan", "Lewis", "Harris", "Turner", "Hill", "Cooper", "Scott",
    "Ward", "Moore", "Morris", "King", "Watson", "Baker", "Harrison", "Morgan", "Young", "Allen",
    "Mitchell", "James", "Anderson", "Phillips", "Lee", "Bell", "Parker", "Davis", "Bennett",
    "Miller", "Cook", "Shaw", "Cox", "Marshall", "Hunt", "Mason", "Palmer", "Reid", "Ford",
    "Grant", "Stone", "Fox",
];

/// Surnames with the Latin letters of their sound, by frequency.
pub const SURNAMES: &[(&str, &str)] = &[
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("陈", "Chen"),
    ("杨", "Yang"),
    ("黄", "Huang"),
    ("赵", "Zhao"),
    ("吴", "Wu"),
    ("周", "Zhou"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("马", "Ma"),
    ("朱", "Zhu"),
    ("胡", "Hu"),
    ("郭", "Guo"),
    ("何", "He"),
    ("林", "Lin"),
    ("罗", "Luo"),
    ("高", "Gao"),
    ("郑", "Zheng"),
    ("梁", "Liang"),
    ("谢", "Xie"),
    ("宋", "Song"),
    ("唐", "Tang"),
    ("许", "Xu"),
    ("邓", "Deng"),
    ("冯", "Feng"),
    ("韩", "Han"),
    ("曹", "Cao"),
    ("曾", "Zeng"),
    ("彭", "Peng"),
    ("萧", "Xiao"),
    ("蔡", "Cai"),
    ("潘", "Pan"),
    ("田", "Tian"),
    ("董", "Dong"),
    ("袁", "Yuan"),
    ("于", "Yu"),
    ("余", "Yu"),
    ("叶", "Ye"),
    ("蒋", "Jiang"),
    ("杜", "Du"),
    ("苏", "Su"),
    ("魏", "Wei"),
    ("程", "Cheng"),
    ("吕", "Lv"),
    ("丁", "Ding"),
    ("沈", "Shen"),
    ("任", "Ren"),
    ("姚", "Yao"),
    ("卢", "Lu"),
    ("傅", "Fu"),
    ("钟", "Zhong"),
    ("姜", "Jiang"),
    ("崔", "Cui"),
    ("谭", "Tan"),
    ("廖", "Liao"),
    ("范", "Fan"),
    ("汪", "Wang"),
    ("欧阳", "Ouyang"),
    ("司马", "Sima"),
    ("上官", "Shangguan"),
    ("诸葛", "Zhuge"),
];

/// Shares of the first surnames in per cent; those after them fall as one over their rank.
pub const SURNAME_SHARES: &[f64] = &[7.1, 7.0, 6.7, 5.4, 4.5, 3.1, 2.4, 2.1, 2.0, 1.9];

/// Characters of given names with the Latin letters of their sound.
pub const CHARACTERS: &[(&str, &str)] = &[
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("丽", "li"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("军", "jun"),
    ("洋", "yang"),
    ("勇", "yong"),
    ("艳", "yan"),
    ("杰", "jie"),
    ("娟", "juan"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("秀", "xiu"),
    ("霞", "xia"),
    ("平", "ping"),
    ("刚", "gang"),
    ("桂", "gui"),
    ("英", "ying"),
    ("华", "hua"),
    ("玉", "yu"),
    ("兰", "lan"),
    ("红", "hong"),
    ("建", "jian"),
    ("国", "guo"),
    ("文", "wen"),
    ("辉", "hui"),
    ("力", "li"),
    ("志", "zhi"),
    ("海", "hai"),
    ("波", "bo"),
    ("宁", "ning"),
    ("浩", "hao"),
    ("宇", "yu"),
    ("欣", "xin"),
    ("怡", "yi"),
    ("子", "zi"),
    ("涵", "han"),
    ("梓", "zi"),
    ("轩", "xuan"),
    ("雨", "yu"),
    ("晨", "chen"),
    ("佳", "jia"),
    ("思", "si"),
    ("雪", "xue"),
    ("梅", "mei"),
    ("云", "yun"),
    ("龙", "long"),
    ("峰", "feng"),
    ("鹏", "peng"),
    ("飞", "fei"),
    ("鑫", "xin"),
    ("斌", "bin"),
    ("婷", "ting"),
    ("琳", "lin"),
    ("凯", "kai"),
    ("博", "bo"),
    ("然", "ran"),
    ("诗", "shi"),
    ("瑶", "yao"),
    ("天", "tian"),
    ("成", "cheng"),
    ("春", "chun"),
    ("生", "sheng"),
    ("永", "yong"),
    ("新", "xin"),
    ("亮", "liang"),
    ("倩", "qian"),
];

pub const CITIES: &[&str] = &[
    "London",
    "Birmingham",
    "Leeds",
    "Glasgow",
    "Sheffield",
    "Bradford",
    "Liverpool",
    "Edinburgh",
    "Manchester",
    "Bristol",
    "Cardiff",
    "Leicester",
    "Coventry",
    "Nottingham",
    "Plymouth",
    "Derby",
    "Reading",
    "Dundee",
    "York",
    "Oxford",
    "Norwich",
    "Exeter",
    "Bath",
    "Lincoln",
];

pub const STREETS: &[&str] = &[
    "High",
    "Station",
    "Church",
    "Mill",
    "Park",
    "Victoria",
    "Green",
    "Manor",
    "Kings",
    "Queens",
    "School",
    "North",
    "South",
    "Grange",
    "West",
    "East",
    "Bridge",
    "Garden",
    "Castle",
    "Orchard",
    "Oak",
    "Elm",
    "Springfield",
    "Windsor",
    "Meadow",
    "Chapel",
    "Albert",
    "York",
    "Cedar",
    "River",
];

pub const WAYS: &[&str] = &["Road", "Street", "Lane", "Avenue", "Close", "Drive"];

/// City, its postcode's first three digits.
pub const CHINESE_CITIES: &[(&str, &str)] = &[
    ("上海", "200"),
    ("北京", "100"),
    ("深圳", "518"),
    ("广州", "510"),
    ("重庆", "400"),
    ("成都", "610"),
    ("天津", "300"),
    ("武汉", "430"),
    ("杭州", "310"),
    ("西安", "710"),
    ("南京", "210"),
    ("苏州", "215"),
    ("郑州", "450"),
    ("长沙", "410"),
    ("青岛", "266"),
    ("沈阳", "110"),
    ("宁波", "315"),
    ("昆明", "650"),
    ("大连", "116"),
    ("厦门", "361"),
];

pub const CHINESE_STREETS: &[&str] = &[
    "人民", "解放", "中山", "建设", "和平", "新华", "朝阳", "文化", "胜利", "长江", "黄河", "南京",
    "北京", "光明", "友谊", "团结", "红旗", "青年", "幸福", "大学", "花园", "湖滨", "滨江", "金山",
];

pub const CHINESE_WAYS: &[&str] = &["路", "街", "大道", "巷"];

pub const MAIL: &[&str] = &[
    "gmail.com",
    "outlook.com",
    "yahoo.co.uk",
    "icloud.com",
    "btinternet.com",
];
pub const CHINESE_MAIL: &[&str] = &["qq.com", "163.com", "126.com", "sina.com", "foxmail.com"];

const STARTS: &[&str] = &[
    "Ash", "Bar", "Cal", "Den", "El", "Fair", "Gar", "Hal", "Ing", "Ken", "Lang", "Mar", "Nor",
    "Os", "Pen", "Rad", "Sel", "Tre", "Ul", "Wal", "Bran", "Chel", "Dun", "Ever", "Kir", "Lin",
];
const MIDDLES: &[&str] = &[
    "", "der", "ing", "le", "ma", "ne", "ri", "sto", "ver", "wi", "bur", "cas", "do", "en", "fi",
    "ga", "ho", "ke", "lo", "mi", "pe", "ra", "si", "ta",
];
const ENDS: &[&str] = &[
    "ton", "ley", "ford", "well", "field", "man", "son", "by", "worth", "more", "ham", "wick",
    "shaw", "den", "land", "stead", "croft", "dale", "gate", "ridge", "bury", "cott", "ster",
    "ner",
];

/// Names made of syllables.
pub const MADE: u32 = (STARTS.len() * MIDDLES.len() * ENDS.len()) as u32;

/// One of the made names.
pub fn made(number: u32) -> String {
    let number = number as usize;
    let (start, rest) = (number % STARTS.len(), number / STARTS.len());
    let (middle, end) = (rest % MIDDLES.len(), rest / MIDDLES.len() % ENDS.len());
    format!("{}{}{}", STARTS[start], MIDDLES[middle], ENDS[end])
}

/// One of a list, each as likely as the next.
pub fn one<T: Copy>(random: &mut Random, list: &[T]) -> T {
    list[random.below(list.len() as u32) as usize]
}

/// One of a list, those in front more likely: weight one over (rank + 4).
pub fn common<T: Copy>(random: &mut Random, list: &[T]) -> T {
    list[harmonic(random, list.len(), 4.0)]
}

/// A rank from 0 to `count` - 1 with density one over (rank + shift), by
/// inversion of its logarithm.
pub fn harmonic(random: &mut Random, count: usize, shift: f64) -> usize {
    let reach = libm::log((count as f64 + shift) / shift);
    let rank = shift * (libm::exp(random.uniform() * reach) - 1.0);
    (rank as usize).min(count - 1)
}
