//! From settings and a look at a file to what to read of it and how.

use perennial_lake::sources::dialect::{Delimiter, Dialect, Given, sniff_given};
use perennial_lake::sources::files::{Format, SourceFile};
use perennial_lake::sources::infer::{ColumnProfile, Kind, Profile, profile_briefly};
use perennial_lake::sources::time;
use perennial_lake::sources::{ColumnSpec, NumberFormat, ReadSpec, Target, TimeFormat, Totals};

use crate::settings::{self, ColumnType, DayZero, Decimal, Quote, Role, Source, Table};
use crate::{Error, Result};

/// A file looked at: how it is written, what its columns hold, what to read.
pub(crate) struct Reading {
    pub dialect: Option<Dialect>,
    pub profile: Profile,
    /// What each column of the specification is for.
    pub purposes: Vec<Purpose>,
    pub spec: ReadSpec,
}

/// What a column is read for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A part of the table.
    Role(Role),
    /// A trait of the customer, by its name in the project.
    Trait(String),
    /// Identifies a person; goes to the vault under this name.
    Personal(String),
    /// Names the group of rows whose days are counted from one day.
    DayZeroGroup,
    /// A column of a labelled table, kept as it is.
    Column(String),
}

impl Reading {
    /// Looks at `file` and lays the settings of its source over what it finds.
    pub fn new(
        file: &SourceFile,
        source: &Source,
        time_zone: &str,
        batch_rows: usize,
    ) -> Result<Self> {
        let dialect = match file.format {
            Format::Parquet => None,
            _ => {
                let found = sniff_given(file, &given(source));
                Some(found.map_err(perennial_lake::Error::from)?)
            }
        };
        let profile =
            profile_briefly(file, dialect.as_ref()).map_err(perennial_lake::Error::from)?;
        let mut reading = Self {
            dialect,
            profile,
            purposes: Vec::new(),
            spec: ReadSpec::new(None, Vec::new()),
        };
        match source.table {
            Table::OrderLines | Table::Events | Table::Subscriptions => {
                reading.history(file, source)?;
            }
            Table::Customers => reading.customers(source)?,
        }
        reading.spec.dialect = reading.dialect.clone();
        reading.spec.time_zone = time_zone.to_owned();
        reading.spec.batch_rows = batch_rows.clamp(1_024, 32_768);
        reading.spec.totals = Some(Totals::new(&reading.profile, reading.money_pair(source)));
        Ok(reading)
    }

    /// The place of a part among the columns read.
    pub fn place(&self, role: Role) -> Option<usize> {
        self.purposes.iter().position(|p| *p == Purpose::Role(role))
    }

    fn want(&mut self, purpose: Purpose, name: &str, target: Target) {
        self.purposes.push(purpose);
        self.spec.columns.push(ColumnSpec {
            name: name.to_owned(),
            target,
        });
    }

    /// How the column's times are written: as the settings say, as most of its
    /// values are, or, in a file too small to tell, as any of them is.
    fn time_format(
        &self,
        found: Option<&ColumnProfile>,
        source: &Source,
        column: &str,
    ) -> Result<TimeFormat> {
        let set = source.time_format.as_ref();
        if let Some(format) = set.and_then(|format| TimeFormat::from_name(format.as_str())) {
            return Ok(format);
        }
        match found.map(|c| (c.kind, c)) {
            Some((Kind::Date(format) | Kind::Timestamp(format), _)) => Ok(format),
            Some((Kind::Empty, _)) => Ok(TimeFormat::YearFirst),
            Some((_, c)) => self.any_time_format(c).ok_or_else(|| {
                Error::cannot(
                    "source/not-a-time",
                    format!(
                        "column `{column}` does not hold times, but for instance `{}`",
                        c.examples.first().map_or("", String::as_str)
                    ),
                    "name another column for `time`, or write its `time_format`",
                )
            }),
            // The reader says that there is no such column, and which is nearest.
            None => Ok(TimeFormat::YearFirst),
        }
    }

    fn any_time_format(&self, column: &ColumnProfile) -> Option<TimeFormat> {
        const FEW: usize = 20;
        let sample = self.profile.sample.columns.get(column.index)?;
        let written = [
            TimeFormat::YearFirst,
            TimeFormat::DayFirst,
            TimeFormat::MonthFirst,
            TimeFormat::Chinese,
        ];
        let reads = |format: &TimeFormat| {
            let mut values = sample.values.iter();
            values.any(|value| time::parse(value.as_bytes(), *format).is_some())
        };
        (column.rows < FEW).then(|| written.into_iter().find(reads))?
    }

    /// What a part of a table of histories is read as.
    fn target_of(&self, role: Role, column: &str, source: &Source) -> Result<Target> {
        let found = self.profile.column(column);
        let number = number_format(found, source);
        Ok(match role {
            // Days from a day of the settings become moments once they are read.
            moment if Role::MOMENTS.contains(&moment) && is_relative(source) => {
                Target::Decimal { scale: 4, number }
            }
            Role::Time | Role::Start | Role::End | Role::Due => Target::Timestamp {
                format: self.time_format(found, source, column)?,
            },
            Role::UnitPrice => Target::Decimal { scale: 6, number },
            Role::Quantity | Role::Amount | Role::Cost | Role::Discount | Role::Price => {
                Target::Decimal { scale: 4, number }
            }
            // The id of an order or a message hardly recurs beyond its own rows.
            Role::OrderId | Role::ReturnOf | Role::MessageId | Role::SubscriptionId => {
                Target::Text { is_id: true }
            }
            _ => Target::Category {
                is_id: !matches!(role, Role::Channel | Role::Name | Role::Plan),
            },
        })
    }

    /// The named parts and traits of a table of histories.
    fn history(&mut self, file: &SourceFile, source: &Source) -> Result<()> {
        for (role, column) in source.columns.iter() {
            let target = self.target_of(role, column, source)?;
            self.want(Purpose::Role(role), column, target);
        }
        for (name, column) in &source.traits {
            self.want(
                Purpose::Trait(name.clone()),
                column,
                Target::Category { is_id: false },
            );
        }
        self.personal(source);
        if let Some(DayZero::By { column, .. }) = &source.day_zero {
            let target = Target::Category { is_id: true };
            self.want(Purpose::DayZeroGroup, column, target);
        }
        let lacks = |role: Role| self.place(role).is_none();
        let missing = if lacks(Role::CustomerId) {
            Some("customer_id")
        } else if lacks(source.table.moment()) {
            Some(source.table.moment().as_str())
        } else if source.table == Table::OrderLines && lacks(Role::Amount) && lacks(Role::UnitPrice)
        {
            Some("amount` or `unit_price")
        } else {
            None
        };
        missing.map_or(Ok(()), |role| {
            let names: Vec<_> = self
                .profile
                .columns
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            Err(Error::cannot(
                "source/part-missing",
                format!("`{}` has no column for `{role}`", file.path.display()),
                format!(
                    "name it in `columns` of the source; the file has {}",
                    names.join(", ")
                ),
            ))
        })
    }

    /// What goes to the vault: parts of a person under their own names, other
    /// personal columns under theirs.
    fn personal(&mut self, source: &Source) {
        let others = source.personal.iter();
        let others = others.filter(|column| !source.people.names(column));
        for (name, column) in (source.people.iter())
            .map(|(part, column)| (part.in_vault(), column))
            .chain(others.map(|column| (column.clone(), column.as_str())))
        {
            let target = Target::Text { is_id: false };
            self.want(Purpose::Personal(name), column, target);
        }
    }

    /// How the dates of a column of text are written; nothing where they are not
    /// told from anything else.
    pub fn dates_of(&self, column: &str, source: &Source) -> Option<TimeFormat> {
        let profile = self.profile.column(column)?;
        let found = (profile.kind.time_format()).or_else(|| self.any_time_format(profile))?;
        let set = source.time_format.as_ref();
        let set = set.and_then(|format| TimeFormat::from_name(format.as_str()));
        let is_turned = matches!(set, Some(TimeFormat::DayFirst | TimeFormat::MonthFirst));
        match profile.day_month_unsure && is_turned {
            true => set,
            false => Some(found),
        }
    }

    /// Every column of a labelled table: the named parts, and the rest by what
    /// their values are.
    fn customers(&mut self, source: &Source) -> Result<()> {
        for (role, column) in source.columns.iter() {
            let is_id = role == Role::CustomerId;
            self.want(Purpose::Role(role), column, Target::Text { is_id });
        }
        self.personal(source);
        let taken: Vec<String> = self.spec.columns.iter().map(|c| c.name.clone()).collect();
        let rest: Vec<ColumnProfile> = self
            .profile
            .columns
            .iter()
            .filter(|c| !taken.contains(&c.name))
            .cloned()
            .collect();
        for column in rest {
            let number = number_format(Some(&column), source);
            let is_number = match source.types.get(&column.name) {
                Some(kind) => matches!(kind, ColumnType::Integer | ColumnType::Number),
                None => matches!(column.kind, Kind::Integer | Kind::Decimal { .. }),
            };
            let target = if is_number {
                Target::Number { number }
            } else {
                Target::Text { is_id: false }
            };
            self.want(Purpose::Column(column.name.clone()), &column.name, target);
        }
        Ok(())
    }

    /// Quantity and unit price by their place in the file, for the plain total.
    fn money_pair(&self, source: &Source) -> Option<(usize, usize)> {
        let place = |role| {
            source
                .columns
                .get(role)
                .and_then(|name| self.profile.column(name))
                .map(|c| c.index)
        };
        Some((place(Role::Quantity)?, place(Role::UnitPrice)?))
    }
}

/// Whether the times of a source are days from a day of the settings.
pub(crate) fn is_relative(source: &Source) -> bool {
    source.time_format == Some(settings::TimeFormat::Days)
}

/// The settings' word on encoding, delimiter, quotes and header.
fn given(source: &Source) -> Given {
    Given {
        encoding: source.encoding.map(|encoding| encoding.0),
        delimiter: source.delimiter.map(|delimiter| match delimiter {
            settings::Delimiter::Character(byte) => Delimiter::Byte(byte),
            settings::Delimiter::Blanks => Delimiter::Blanks,
        }),
        quote: source.quote.map(|quote| match quote {
            Quote::Character(byte) => Some(byte),
            Quote::Off => None,
        }),
        header: source.header,
    }
}

fn number_format(found: Option<&ColumnProfile>, source: &Source) -> NumberFormat {
    let mut number = found.map_or(NumberFormat::PLAIN, |c| c.number);
    match source.decimal {
        Some(Decimal::Comma) => number.decimal = b',',
        Some(Decimal::Point) => number.decimal = b'.',
        None => return number,
    }
    if number.group == Some(number.decimal) {
        number.group = Some(if number.decimal == b',' { b'.' } else { b',' });
    }
    number
}
