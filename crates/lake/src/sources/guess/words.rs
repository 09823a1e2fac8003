//! The words of column names, English and Chinese, as concepts.

/// What a word of a column's name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Concept {
    Customer,
    Order,
    Product,
    Line,
    Id,
    Time,
    /// Some other moment than the order's: shipping, birth, registration.
    OtherTime,
    Period,
    Quantity,
    Count,
    Unit,
    Price,
    Amount,
    Total,
    Cost,
    Discount,
    Tax,
    Channel,
    /// Lost: churn, left, cancelled.
    Lost,
    /// The opposite: retained, active, renewed.
    Kept,
    /// An outcome without saying which: label, target, y.
    Outcome,
    Status,
    Name,
    Contact,
    Description,
    Category,
    /// Says nothing: `the`, `is`, `main`.
    Neutral,
    /// A word that is not known.
    Other,
}

use Concept::*;

/// Words by concept. Where two concepts hold, both are listed (`sku` is an
/// identifier of a product).
#[rustfmt::skip]
const WORDS: &[(&[Concept], &[&str])] = &[
    (&[Customer], &[
        "customer", "customers", "cust", "client", "clients", "user", "users", "member", "members", "buyer", "shopper", "account", "acct",
        "household", "subscriber", "patron", "consumer", "visitor", "player", "cardholder", "policyholder", "student", "passenger", "guest", "contact",
        "客户", "顾客", "会员", "用户", "买家", "消费者", "账户", "账号", "帐号", "客戶", "顧客", "會員", "用戶", "买方", "订户",
    ]),
    (&[Customer, Id], &["uid", "userid", "openid", "unionid", "msisdn", "memberid", "custid", "cid", "卡号", "会员卡"]),
    (&[Order], &[
        "order", "orders", "invoice", "invoices", "receipt", "transaction", "transactions", "trans", "txn", "trx", "tran", "basket", "bill",
        "ticket", "purchase", "purchases", "sale", "cart", "booking", "deal", "trade", "created", "create", "placed", "bought", "purchased",
        "订单", "发票", "单据", "小票", "交易", "流水", "账单", "购物", "下单", "购买", "消费", "成交", "销售单", "訂單", "發票", "创建", "购货",
    ]),
    (&[Product], &[
        "product", "products", "prod", "item", "items", "article", "stock", "goods", "material", "merchandise", "book", "film", "movie", "song", "title",
        "商品", "产品", "货品", "物料", "货物", "单品", "品项", "產品", "物品", "宝贝",
    ]),
    (&[Product, Id], &["sku", "asin", "ean", "upc", "gtin", "isbn", "barcode", "plu", "货号", "款号", "条码", "条形码", "料号"]),
    (&[Line], &["line", "row", "seq", "sequence", "position", "行", "行号", "序号"]),
    (&[Id], &[
        "id", "ids", "no", "nr", "num", "number", "code", "key", "ref", "reference", "identifier", "uuid", "guid", "hash", "sk", "pk", "#",
        "编号", "号", "编码", "代码", "号码", "标识", "单号", "编", "編號",
    ]),
    (&[Order, Id], &["订单号", "流水号", "发票号", "单据号", "交易号", "小票号", "invoiceno", "orderid"]),
    (&[Time], &[
        "date", "dates", "time", "datetime", "timestamp", "ts", "at", "dt", "when", "moment", "日期", "时间", "時間", "时刻", "日", "day", "on",
    ]),
    (&[OtherTime], &[
        "ship", "shipped", "shipping", "delivery", "delivered", "due", "birth", "birthday", "dob", "registration", "register", "registered", "signup", "joined",
        "join", "updated", "update", "modified", "expiry", "expires", "end", "start", "cancel", "return", "returned", "first", "last", "approved", "required", "paid",
        "发货", "收货", "到货", "出生", "生日", "注册", "更新", "修改", "到期", "开始", "结束", "首次", "最近", "最后", "退货", "签收", "开户", "入会",
    ]),
    (&[Period], &["month", "monthly", "year", "yearly", "annual", "annually", "week", "weekly", "daily", "quarter", "quarterly", "月", "年", "周", "季", "每月", "每年", "月度", "年度", "月均", "月租"]),
    (&[Quantity], &["quantity", "qty", "quantities", "units", "pieces", "pcs", "volume", "数量", "件数", "数目", "销量", "个数", "數量", "件", "份数"]),
    (&[Count], &["count", "cnt", "n", "nb", "times", "次数", "frequency", "频次", "频率"]),
    (&[Unit], &["unit", "each", "per", "单位", "单"]),
    (&[Price], &["price", "prices", "rate", "prix", "preis", "价格", "价", "售价", "價格"]),
    (&[Unit, Price], &["单价", "unitprice", "單價"]),
    (&[Amount], &[
        "amount", "amt", "sales", "revenue", "turnover", "spend", "spent", "spending", "value", "payment", "payments", "charge", "charges", "gmv", "fee", "fees",
        "premium", "arpu", "money", "dollars", "paid_amount", "worth", "expenditure", "monetary",
        "金额", "销售额", "实付", "应付", "实收", "支付", "付款", "货款", "營業額", "金額", "费用", "月费", "保费", "花费", "消费额", "额",
    ]),
    (&[Total], &["total", "sum", "subtotal", "net", "gross", "extended", "grand", "总", "合计", "小计", "总计", "总额"]),
    (&[Total, Amount], &["总金额", "总价", "總價", "linetotal"]),
    (&[Cost], &["cost", "costs", "cogs", "成本", "进价", "采购价", "成本价"]),
    (&[Discount], &["discount", "discounts", "rebate", "coupon", "promo", "promotion", "markdown", "disc", "折扣", "优惠", "减免", "折让", "满减"]),
    (&[Tax], &["tax", "vat", "税", "税额", "gst"]),
    (&[Channel], &["channel", "platform", "source", "medium", "渠道", "平台", "来源", "通路", "途径"]),
    (&[Lost], &[
        "churn", "churned", "churns", "attrition", "attrited", "lost", "left", "exited", "exit", "cancelled", "canceled", "defected", "lapsed", "unsubscribed", "dropout",
        "withdrawn", "leaver", "leave", "流失", "离网", "退订", "注销", "销户", "离开", "退网", "流失率",
    ]),
    (&[Kept], &["retained", "retention", "retain", "active", "stayed", "stay", "renewed", "renewal", "renew", "loyal", "alive", "survived", "returning", "留存", "续约", "续费", "活跃", "保留", "在网", "复购"]),
    (&[Outcome], &["label", "labels", "target", "outcome", "class", "y", "response", "result", "标签", "目标", "结果", "标记"]),
    (&[Status], &["status", "state", "状态", "狀態"]),
    (&[Name], &["name", "names", "fullname", "firstname", "lastname", "surname", "forename", "username", "nickname", "姓名", "名称", "名", "昵称", "名字", "品名"]),
    (&[Contact], &[
        "email", "mail", "e-mail", "phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "address", "street", "postcode", "zipcode", "passport", "ssn", "iban", "wechat", "qq",
        "邮箱", "电邮", "邮件", "电话", "手机", "手机号", "地址", "身份证", "微信", "住址", "联系方式",
    ]),
    (&[Description], &["description", "desc", "details", "text", "描述", "说明", "备注", "note", "comment"]),
    (&[Category], &["category", "cat", "brand", "department", "type", "group", "genre", "family", "类别", "分类", "品类", "品牌", "类目", "类型"]),
    (&[Neutral], &["the", "of", "is", "has", "flag", "a", "in", "my", "our", "shop", "store", "main", "master", "primary", "unique", "dim", "fact", "col", "column", "field", "是否", "的", "本", "所"]),
];

/// The concepts of a column's name, word by word.
pub(super) fn concepts(name: &str) -> Vec<Concept> {
    let mut out = Vec::new();
    for piece in pieces(name) {
        if let Some(found) = look_up(&piece) {
            out.extend_from_slice(found);
        } else {
            match segment(&piece) {
                Some(found) => out.extend(found),
                None => out.push(Other),
            }
        }
    }
    out
}

/// Lower-case words: cut at signs, digits, changes of script and capitals.
fn pieces(name: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Lower,
        Upper,
        Wide,
        None,
    }
    let class = |c: char| match c {
        c if c.is_lowercase() => Class::Lower,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_alphabetic() => Class::Wide,
        _ => Class::None,
    };
    let chars: Vec<char> = name.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = Class::None;
    for (i, c) in chars.iter().enumerate() {
        let now = class(*c);
        let next = chars.get(i + 1).map_or(Class::None, |c| class(*c));
        // `unitPrice` cuts before P; `SKUCode` before C.
        let cut = match (before, now) {
            (Class::Lower, Class::Upper) => true,
            (Class::Upper, Class::Upper) => next == Class::Lower,
            (Class::Wide, now) => now != Class::Wide,
            (_, Class::Wide | Class::None) => true,
            _ => false,
        };
        if cut && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if now != Class::None {
            word.extend(c.to_lowercase());
        }
        before = now;
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

fn look_up(word: &str) -> Option<&'static [Concept]> {
    WORDS
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(concepts, _)| *concepts)
}

/// A word made of known words without a sign between them (`customerid`,
/// `商品编号`), longest first; `None` unless all of it is known. Of Chinese,
/// unknown characters are passed over as one unknown word.
fn segment(word: &str) -> Option<Vec<Concept>> {
    let chars: Vec<char> = word.chars().collect();
    let wide = chars.iter().any(|c| !c.is_ascii());
    let mut out = Vec::new();
    let mut at = 0;
    let mut unknown = false;
    while at < chars.len() {
        let least = if wide { 1 } else { 2 };
        let found = (least..=chars.len() - at).rev().find_map(|length| {
            let part: String = chars.get(at..at + length)?.iter().collect();
            let known = look_up(&part)?;
            Some((length, known))
        });
        match found {
            Some((length, known)) => {
                out.extend_from_slice(known);
                at += length;
            }
            None if wide => {
                unknown = true;
                at += 1;
            }
            None => return None,
        }
    }
    if unknown {
        out.push(Other);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_concepts() {
        for (name, expected) in [
            ("CustomerID", vec![Customer, Id]),
            ("customer_id", vec![Customer, Id]),
            ("CUSTOMERID", vec![Customer, Id]),
            ("userid", vec![Customer, Id]),
            ("InvoiceNo", vec![Order, Id]),
            ("StockCode", vec![Product, Id]),
            ("SKUCode", vec![Product, Id, Id]),
            ("UnitPrice", vec![Unit, Price]),
            ("unit price", vec![Unit, Price]),
            ("客户编号", vec![Customer, Id]),
            ("订单日期", vec![Order, Time]),
            ("商品名称", vec![Product, Name]),
            ("单价(元)", vec![Unit, Price, Other]),
            ("MonthlyCharges", vec![Period, Amount]),
            ("是否流失", vec![Neutral, Lost]),
            ("qx7_foo", vec![Other, Other]),
            ("c1", vec![Other]),
        ] {
            assert_eq!(concepts(name), expected, "{name}");
        }
    }
}
