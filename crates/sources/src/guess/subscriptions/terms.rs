//! The words of contracts in the names of columns: when one began and ended, until
//! when it is paid, what it is about and what it costs; in the languages of
//! [`super::super::words`], accents folded.

use super::super::words::Concept::{self, Discount, Event, Neutral, Order, OtherTime, Time};
use super::super::words::{look_up, pieces};

/// What a word says of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    Start,
    End,
    /// Ends a stretch of time only beside another word: `paid until`, `valid to`.
    Until,
    /// Such another word: `paid`, `valid`.
    Held,
    Due,
    Plan,
    Price,
    /// The contract itself: contract, subscription, policy, membership.
    Contract,
    /// A contract whose end is agreed when it is made.
    Agreed,
    /// Says no more than that it ends.
    Over,
    /// Something else that begins and ends: a trial, a campaign, a call.
    Aside,
}

use Term::*;

/// Words by what they say and how surely, from 0 to 1.
#[rustfmt::skip]
const TERMS: &[(Term, f64, &[&str])] = &[
    (Start, 1.0, &[
        "start", "starts", "started", "begin", "begins", "began", "begun", "beginning", "inception", "commencement", "effective",
        "开始", "起始", "生效", "起期", "起保", "开通", "開始", "開通", "生效日", "起",
        "beginn", "anfang", "eintritt", "eintritts", "debut", "inicio", "comienzo", "inizio", "decorrenza", "vigencia",
    ]),
    (Start, 0.95, &[
        "registration", "register", "registered", "signup", "signedup", "join", "joined", "joining", "activated", "activation", "enrolled", "enrolment", "enrollment", "admission", "onboarded", "subscribed", "opened", "from", "since",
        "注册", "註冊", "入会", "入會", "投保", "报名", "報名", "加入", "激活", "开户", "开卡", "办卡", "入网", "入学", "签约", "订阅", "加盟",
        "anmeldung", "anmelde", "registrierung", "seit", "inscription", "adhesion", "souscription", "alta", "inscripcion", "suscripcion", "registro", "desde", "iscrizione", "attivazione", "adesione", "dal", "adesao", "ativacao", "inscricao",
    ]),
    (Start, 0.7, &["created", "create", "open", "contract", "subscription", "membership", "合同", "创建", "vertrag", "vertrags", "contrat", "contrato"]),
    (End, 1.0, &[
        "end", "ends", "ended", "ending", "terminated", "termination", "terminate", "unregistration", "unregistered", "unregister", "deregistration", "deregistered", "cancellation", "cancelled", "canceled", "cancel", "churn", "churned", "withdrawn", "withdrawal", "unsubscribed", "unsubscribe", "unenrolled", "disenrolled", "deactivated", "deactivation", "disconnected", "lapsed", "lapse",
        "结束", "终止", "退订", "销户", "注销", "退保", "离网", "退课", "退会", "退學", "退学", "退网", "解约", "止期", "终保", "终期", "止保", "終止", "結束", "退訂", "退會", "离会", "销卡", "退卡",
        "ende", "kundigung", "kundigungs", "kuendigung", "kuendigungs", "gekundigt", "gekuendigt", "austritt", "austritts", "abmeldung", "fin", "resiliation", "resilie", "desinscription", "desabonnement", "baja", "cancelacion", "terminacion", "fine", "disdetta", "cessazione", "recesso", "fim", "termino", "cancelamento", "rescisao",
    ]),
    (End, 0.9, &[
        "closed", "close", "closing", "closure", "left", "leave", "leaving", "exit", "exited", "stop", "stopped", "quit", "dropped", "dropout", "finish", "finished",
        "取消", "停用", "离开", "退出", "流失", "停机", "关闭", "离职", "sortie", "salida", "uscita", "saida", "encerramento",
    ]),
    (Until, 0.9, &["to", "until", "till", "through", "thru", "upto", "bis", "hasta", "jusqu", "fino", "ate", "至", "止"]),
    (Held, 0.0, &["paid", "prepaid", "valid", "coverage", "covered", "billed", "good", "gultig", "gueltig", "bezahlt", "valable", "valide", "paye", "valido", "valida", "pagado", "pagato", "pago", "有效", "已付", "缴费", "已缴"]),
    (Due, 1.0, &[
        "due", "expiry", "expires", "expire", "expired", "expiration", "renewal", "renews", "maturity",
        "到期", "到期日", "续费", "续保", "续约", "有效期", "失效", "过期", "到期時間", "截止", "满期",
        "ablauf", "fallig", "faellig", "falligkeit", "faelligkeit", "verlangerung", "echeance", "expiracion", "vencimiento", "renovacion", "scadenza", "rinnovo", "vencimento", "validade", "renovacao",
    ]),
    (Plan, 1.0, &[
        "plan", "plans", "tier", "套餐", "险种", "课程", "資費", "资费", "方案", "tarif", "tariff", "forfait", "formule", "plano", "piano",
    ]),
    (Plan, 0.95, &[
        "package", "pkg", "bundle", "module", "course", "programme", "program", "edition", "版本", "档位", "课", "卡种", "卡类型", "刊物", "报刊",
        "paket", "modul", "kurs", "cours", "paquete", "curso", "pacchetto", "corso", "modulo", "pacote",
    ]),
    (Plan, 0.85, &["product", "prod", "item", "产品", "商品", "產品", "produkt", "produit", "producto", "prodotto", "produto", "publication", "newspaper", "magazine", "title"]),
    (Price, 1.0, &[
        "mrr", "arr", "dues", "tuition", "rent", "月租", "月租费", "月费", "年费", "会费", "保费", "学费", "租金", "套餐费",
        "beitrag", "monatspreis", "monatsgebuhr", "monatsgebuehr", "jahrespreis", "abopreis", "mensualite", "mensualidad", "monatsbeitrag", "jahresbeitrag", "pramie", "praemie", "cotisation", "prime", "cuota", "prima", "canone", "mensalidade", "premio",
    ]),
    (Contract, 1.0, &[
        "contract", "contracts", "subscription", "subscriptions", "sub", "policy", "policies", "membership", "memberships", "enrolment", "enrolments", "enrollment", "enrollments", "agreement", "registration",
        "合同", "合约", "订阅", "保单", "协议", "会籍", "投保单", "合約", "訂閱", "保單",
        "vertrag", "vertrags", "police", "mitgliedschaft", "abo", "abonnement", "contrat", "adhesion", "contrato", "poliza", "suscripcion", "contratto", "abbonamento", "polizza", "assinatura", "apolice",
    ]),
    (Agreed, 0.0, &["contract", "contracts", "vertrag", "vertrags", "contrat", "contrato", "contratto", "合同", "合约", "合約", "commitment"]),
    (Over, 0.0, &["end", "ends", "ending", "结束", "結束", "ende", "fin", "fine", "fim"]),
    (Aside, 0.0, &[
        "trial", "campaign", "project", "session", "shift", "call", "trip", "ride", "visit", "incident", "job", "task", "season", "试用", "活动", "项目", "会话", "通话", "班次", "probe", "essai", "prueba", "prova",
    ]),
];

/// A name of a column, word by word.
#[derive(Debug, Default)]
pub(super) struct Words {
    terms: Vec<(Term, f64)>,
    /// The concepts of the words that say nothing of a contract.
    others: Vec<Concept>,
    /// Some word is not known.
    has_unknown: bool,
}

impl Words {
    pub(super) fn of(name: &str) -> Words {
        let mut words = Words::default();
        let pieces = pieces(name);
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            // `sign up` is one word, and `de-registration`.
            let pair = pieces.get(at + 1).map(|next| format!("{piece}{next}"));
            if let Some(pair) = pair.filter(|pair| !terms_of(pair).is_empty()) {
                words.terms.extend(terms_of(&pair));
                at += 2;
                continue;
            }
            words.add(piece);
            at += 1;
        }
        words
    }

    fn add(&mut self, piece: &str) {
        let Some(parts) = parts(piece) else {
            self.has_unknown = true;
            return;
        };
        for part in parts {
            match part {
                Part::Terms(terms) => self.terms.extend(terms),
                Part::Known(concepts) => self.others.extend_from_slice(concepts),
                Part::Unknown => self.has_unknown = true,
            }
        }
    }

    fn weight(&self, term: Term) -> f64 {
        let found = self.terms.iter().filter(|(other, _)| *other == term);
        found.map(|(_, weight)| *weight).fold(0.0, f64::max)
    }

    fn has(&self, term: Term) -> bool {
        self.terms.iter().any(|(other, _)| *other == term)
    }

    /// Whether a concept beside the contract's words is one of `concepts`.
    fn says(&self, concepts: &[Concept]) -> bool {
        self.others.iter().any(|other| concepts.contains(other))
    }

    /// How surely it is when a contract began, ended, and is due, each from 0 to 1; the
    /// strongest word wins, and of equal ones the end.
    pub(super) fn moments(&self) -> Moments {
        if self.is_contrary() {
            return Moments::default();
        }
        let is_held = self.has(Until) && self.has(Held);
        let end = match is_held {
            true => 0.0,
            false => self.weight(End).max(self.weight(Until)),
        };
        let due = if is_held { 1.0 } else { self.weight(Due) };
        let start = self.weight(Start);
        // The end of a contract is agreed when it is made; that of a membership is not.
        let is_agreed = self.has(Agreed) && self.has(Over);
        let none = Moments::default();
        if is_agreed {
            Moments {
                end: 0.6,
                due: 0.8,
                ..none
            }
        } else if due >= end && due >= start {
            Moments { due, ..none }
        } else if end >= start {
            Moments { end, ..none }
        } else {
            Moments { start, ..none }
        }
    }

    /// Whether it is the moment of something else: of an order, of a birth, of a call.
    pub(super) fn is_contrary(&self) -> bool {
        let is_other_time = self.says(&[OtherTime]) && !self.has(Held);
        self.has(Aside) || is_other_time || self.says(&[Order, Event, Discount])
    }

    /// Whether it says at most that it is a time.
    pub(super) fn is_silent(&self) -> bool {
        let is_plain = |concept: &Concept| matches!(concept, Time | Neutral | Concept::Line);
        self.terms.is_empty() && self.others.iter().all(is_plain)
    }

    /// Whether it says that it is a time, and of nothing else.
    pub(super) fn is_time(&self) -> bool {
        self.is_silent() && self.says(&[Time])
    }

    /// Whether it says of numbers that they count or measure: months, amounts.
    pub(super) fn is_measure(&self) -> bool {
        use Concept::{Amount, Count, Period, Quantity, Total, Unit};
        self.says(&[Period, Count, Quantity, Amount, Unit, Total, Concept::Price])
    }

    /// How surely it is what a contract is about, from 0 to 1.
    pub(super) fn plan(&self) -> f64 {
        let typed = self.says(&[Concept::Category]);
        let kind = match typed && (self.has(Contract) || self.says(&[Concept::Customer])) {
            true => 0.8,
            false => 0.0,
        };
        let is_moment = [Start, End, Due]
            .iter()
            .any(|term| self.weight(*term) >= 0.9);
        let is_of_other = kind == 0.0 && self.says(&[Time, OtherTime, Concept::Customer]);
        match self.is_measure() || is_moment || is_of_other {
            true => 0.0,
            false => self.weight(Plan).max(kind),
        }
    }

    /// How surely it is what a contract costs, from 0 to 1, by the words that only
    /// contracts have.
    pub(super) fn price(&self) -> f64 {
        match self.says(&[Concept::Id, Concept::Count, Time, Discount]) {
            true => 0.0,
            false => self.weight(Price),
        }
    }

    /// Whether it names the contract, or says which it is.
    pub(super) fn is_contract(&self) -> bool {
        let of_contract = [Concept::Id, Neutral];
        let others = [End, Until, Due, Plan, Price];
        let is_else = others.iter().any(|term| self.has(*term)) || self.weight(Start) >= 1.0;
        !is_else
            && self.has(Contract)
            && self.others.iter().all(|other| of_contract.contains(other))
    }

    /// `mrr` and `arr` are sums by the month and by the year.
    pub(super) fn period(name: &str) -> Option<&'static str> {
        let pieces = pieces(name);
        let has = |word: &str| pieces.iter().any(|piece| piece == word);
        match () {
            () if has("mrr") => Some("month"),
            () if has("arr") => Some("year"),
            () => None,
        }
    }
}

/// How surely a column is each of the moments of a contract.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moments {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) due: f64,
}

enum Part {
    Terms(Vec<(Term, f64)>),
    Known(&'static [Concept]),
    Unknown,
}

fn terms_of(word: &str) -> Vec<(Term, f64)> {
    let said = TERMS.iter().filter(|(.., words)| words.contains(&word));
    said.map(|(term, weight, _)| (*term, *weight)).collect()
}

fn part(word: &str) -> Option<Part> {
    let terms = terms_of(word);
    match terms.is_empty() {
        true => look_up(word).map(Part::Known),
        false => Some(Part::Terms(terms)),
    }
}

/// The known words that a piece of a name is made of, longest first; of Latin letters
/// none unless all of it is known.
fn parts(piece: &str) -> Option<Vec<Part>> {
    if let Some(whole) = part(piece) {
        return Some(vec![whole]);
    }
    let chars: Vec<char> = piece.chars().collect();
    let is_wide = chars.iter().any(|c| c.is_alphabetic() && !c.is_lowercase());
    let least = if is_wide { 1 } else { 2 };
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let found = (least..=chars.len() - at).rev().find_map(|length| {
            let word: String = chars.get(at..at + length)?.iter().collect();
            Some((length, part(&word)?))
        });
        match found {
            Some((length, part)) => {
                out.push(part);
                at += length;
            }
            None if is_wide => {
                out.push(Part::Unknown);
                at += 1;
            }
            None => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moment that a name says, as one letter.
    fn moment(name: &str) -> &'static str {
        let found = Words::of(name).moments();
        match found {
            Moments { start, .. } if start >= 0.6 => "start",
            Moments { due, .. } if due >= 0.6 => "due",
            Moments { end, .. } if end >= 0.6 => "end",
            _ => "",
        }
    }

    #[test]
    fn names_say_when_contracts_begin_and_end() {
        for (expected, names) in [
            (
                "start",
                "start_date StartDate startdate from date_registration signup_at sign_up_date joined effective_date \
                 valid_from subscription_start period_start policy_inception 开通时间 入会日期 生效日期 投保日期 \
                 报名时间 合同开始日期 注册日期 Vertragsbeginn Eintrittsdatum fecha_de_alta Date_de_début Data_inizio",
            ),
            (
                "end",
                "end_date enddate to date_unregistration unregistered_at cancelled_on churn_date closed_at left \
                 withdrawal_date de-registration_date current_period_end membership_end_date 退订时间 销户日期 结束日期 \
                 离网时间 退课日期 退保日期 终止日期 Kündigungsdatum Austrittsdatum fecha_de_baja date_résiliation",
            ),
            (
                "due",
                "due_date expiry expires_at renewal_date paid_until valid_to valid_until paid_through contract_end \
                 contract_end_date 到期日 到期时间 续费日 有效期至 合同结束日期 Ablaufdatum gültig_bis scadenza",
            ),
            (
                "",
                "order_date shipped_at delivered delivery_date date_of_birth trial_end created_order 下单时间 发货时间 \
                 订单取消时间 last_login updated_at call_start weekdays gender vendor calendar campaign_end 出生日期",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(moment(name), expected, "{name}");
            }
        }
    }

    #[test]
    fn names_say_what_a_contract_is_about_and_costs() {
        for name in "plan plan_name planid tier package code_module course 套餐 套餐名称 险种 课程名称 product_code membership_type 会员类型".split(' ') {
            assert!(Words::of(name).plan() >= 0.8, "{name}");
        }
        for name in "plan_start gender region customer_id product_price c4 套餐金额".split(' ')
        {
            assert!(Words::of(name).plan() < 0.6, "{name}");
        }
        for name in "mrr 月租 月租费 保费 dues monatsbeitrag".split(' ') {
            assert!(Words::of(name).price() >= 0.9, "{name}");
        }
        for name in "subscription_id policy_no contract 合同编号 保单号 Vertragsnummer".split(' ')
        {
            assert!(Words::of(name).is_contract(), "{name}");
        }
        for name in "contract_end customer_id subscriber member_no 会员号 policy_type".split(' ')
        {
            assert!(!Words::of(name).is_contract(), "{name}");
        }
        assert_eq!(Words::period("MRR"), Some("month"));
        assert_eq!(Words::period("array"), None);
    }

    #[test]
    fn no_word_says_one_thing_twice() {
        let mut seen = std::collections::HashSet::new();
        for (term, _, words) in TERMS {
            for word in *words {
                // The contract itself may also be its start, less surely.
                assert!(seen.insert((format!("{term:?}"), word)), "`{word}`");
            }
        }
    }
}
