import type { Description, Pool } from '../scenarios/description';

/** Many people with the same work: the same words around ever other documents, or the same exercises. */

const notebooks: Pool = { pool: 40, at: 'cloud' };
const venue: Pool = { pool: 2, at: 'isp' };
const campus: Pool = { pool: 4, at: 'isp' };
const review: Pool = { pool: 3, at: 'cloud' };
const insurer: Pool = { pool: 4, at: 'isp' };
const institute: Pool = { pool: 2, at: 'isp' };
const hospital: Pool = { pool: 3, at: 'isp' };
const school: Pool = { pool: 1, at: 'isp' };
const notebookKernel = { build: 'notebook-kernel' };
const workshopKit = { build: 'kit-NAME' };
const memoryTool = { build: 'cat-NAME', versions: 2 };
const reviewTool = { build: 'review-NAME' };
const chartTool = { build: 'chart-NAME' };
const script = { build: 'coder-script' };
const dictaphone = { build: 'scribe-NAME', versions: 2 };
const shopTool = { build: 'shelf-NAME' };
const judgeTool = { build: 'rater-NAME' };
const tutor = { build: 'tutor-NAME', versions: 2 };
const judged = { set: [], wordings: 14, grading: 0.9, elicits: 0.05 };
const attacks = { set: ['invent-tasks', 'converse', 'logic'], wordings: 16, elicits: 0.5, grading: 0.05 };

export const ONE_TASK: readonly Description[] = [
  {
    name: 'mooc-notebooks',
    about: "learners of an open course: the course's exercises in hosted notebooks, at any hour, for weeks",
    size: [50, 160],
    shares: ['client', 'template', 'referrer', 'address'],
    parts: {
      born: 'drip',
      facts: { plan: 'trial', payer: 'none', verification: 'email', referrer: 'group' },
      uses: [
        {
          pace: { sit: 'evening', perDay: [8, 0.9], weekend: 1.3 },
          where: [
            [0.6, notebooks],
            [0.4, 'home'],
          ],
          client: notebookKernel,
          says: [
            [4, { exercises: 24, elicits: 0.35 }],
            [1, 'code'],
          ],
        },
      ],
    },
  },
  {
    name: 'competition',
    about: 'entrants of a prediction contest who start from one public notebook: rows to label, by the thousand, until the deadline',
    size: [25, 80],
    shares: ['template', 'referrer', 'sign-up day'],
    turn: { day: [3, 9], spread: 12 },
    parts: {
      born: { hours: [-30, 10] },
      facts: {
        plan: 'trial',
        payer: [
          [0.5, 'none'],
          [0.5, 'own'],
        ],
        referrer: 'group',
      },
      uses: [
        {
          pace: [
            { sit: 'evening', perDay: [12, 0.8] },
            { windows: [[20, 60]], perHour: 6 },
          ],
          where: [
            [0.5, 'home'],
            [0.5, 'server'],
          ],
          client: 'any',
          says: {
            frame: 'Classify the text below into one of 14 labels. Think about each label before you answer. Return JSON.',
            task: 'data',
            sentences: [1, 4],
            elicits: 0.3,
          },
        },
      ],
    },
  },
  {
    name: 'workshop',
    about: 'an afternoon workshop: accounts made at the door, one kit, one hall, the same steps; hardly used again',
    size: [15, 60],
    shares: ['address', 'client', 'template', 'sign-up address', 'sign-up day', 'referrer'],
    turn: { day: [2, 11], spread: 0.7 },
    parts: {
      born: { hours: [-0.6, 0] },
      facts: { plan: 'trial', payer: 'none', verification: 'email', signup: venue, referrer: 'group' },
      uses: [
        {
          pace: { windows: [[0, 3]], perHour: 9 },
          where: venue,
          client: workshopKit,
          says: { exercises: 9, elicits: 0.3 },
          system: 'Workshop NAME. Reason step by step, then answer.',
          to: 6,
        },
        { from: 6, pace: { sit: 'evening', perDay: [0.6, 1] }, where: 'home', client: workshopKit, says: 'code' },
      ],
    },
  },
  {
    name: 'exam-period',
    about: 'students of one campus in the two weeks before exams: past papers, answers with every step, day and night',
    size: [40, 120],
    shares: ['address', 'domain', 'template'],
    land: 'one',
    turn: { day: [1, 5], spread: 50 },
    parts: {
      facts: {
        plan: 'free',
        program: 'education',
        payer: 'none',
        verification: 'email',
        domain: [
          [0.8, 'group'],
          [0.2, 'any'],
        ],
        signup: [
          [0.4, campus],
          [0.6, 'home'],
        ],
      },
      uses: [
        {
          from: 0,
          pace: [
            { sit: 'person', perDay: [14, 0.8], weekend: 1.2 },
            { sit: 'night', perDay: [4, 0.9] },
          ],
          where: [
            [0.6, campus],
            [0.25, 'home'],
            [0.15, 'phone'],
          ],
          client: 'console',
          says: [
            [3, { exercises: 40, elicits: 0.5 }],
            [1, { people: { elicits: 0.3 } }],
          ],
        },
        {
          to: 0,
          pace: { sit: 'person', perDay: [3, 0.9] },
          where: [
            [0.5, campus],
            [0.5, 'home'],
          ],
          client: 'console',
          says: 'chat',
        },
      ],
    },
  },
  {
    name: 'interview-exercise',
    about: 'candidates all over the world who do the same take-home exercise, each on one day of some weeks',
    size: [25, 80],
    shares: ['template', 'referrer'],
    turn: { day: [0.5, 2], spread: 260 },
    parts: {
      born: { hours: [-2, 0] },
      facts: {
        plan: 'trial',
        payer: [
          [0.7, 'none'],
          [0.3, 'own'],
        ],
        referrer: 'group',
      },
      uses: [
        {
          pace: { windows: [[0, 6]], perHour: 8 },
          where: 'home',
          client: [
            [1, 'any'],
            [1, 'agent'],
            [1, 'console'],
          ],
          says: [
            [2, { exercises: 3, elicits: 0.2 }],
            [1, 'code'],
          ],
          to: 30,
        },
        { from: 30, pace: { sit: 'evening', perDay: [0.5, 1] }, where: 'home', client: 'any', says: 'code' },
      ],
    },
  },
  {
    name: 'translation-memory',
    about: 'freelance translators with one translation tool, segment by segment, each with own clients and card',
    size: [25, 90],
    shares: ['client', 'template'],
    parts: {
      facts: {
        plan: 'paid',
        payer: 'own',
        domain: [
          [0.5, 'own'],
          [0.5, 'freemail'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [55, 0.6], weekend: 0.3 },
          where: 'home',
          client: memoryTool,
          says: { frame: 'Translate the segment. Keep tags and numbers. Use the glossary.', sentences: [1, 2] },
          system: 'Segment translation for NAME. Return the translation only.',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'legal-discovery',
    about: 'contract lawyers on one document review: relevance by a fixed rubric, in shifts, through the review platform',
    size: [20, 70],
    shares: ['address', 'client', 'template', 'payer', 'sign-up day'],
    turn: { day: [1, 5], spread: 20 },
    parts: {
      born: { hours: [-20, 0] },
      facts: { plan: 'paid', payer: { cards: 2 }, domain: 'any', verification: 'phone' },
      uses: [
        {
          from: 0,
          pace: { sit: 'shift', perDay: [60, 0.3], zone: 'group', weekend: 0.5 },
          where: review,
          client: reviewTool,
          says: {
            frame:
              'Is this document responsive to request 14? Score relevance and privilege from 0 to 4 and justify each score with a quotation.',
            topics: ['law', 'trade', 'hiring'],
            task: 'reasoning',
            grading: 0.3,
          },
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'chart-review',
    about: "an insurer's nurses and clerks who read claims and charts: one extraction, one tool, one building",
    size: [20, 80],
    shares: ['address', 'client', 'template', 'payer', 'domain', 'sign-up address'],
    parts: {
      facts: { plan: 'paid', payer: { per: 3 }, domain: 'group', signup: insurer },
      uses: [
        {
          pace: { sit: 'office', perDay: [40, 0.4], zone: 'group', weekend: 0.05 },
          where: insurer,
          client: chartTool,
          says: {
            frame: 'From the chart below list diagnosis, procedure, dates and the reason for each code, one per line.',
            topics: ['health'],
            task: 'data',
            elicits: 0.15,
          },
          system: 'Claims desk NAME. Never guess a code.',
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'survey-coding',
    about: 'assistants of a research institute who code open answers with one script, at night, on accounts of their own',
    size: [10, 35],
    shares: ['address', 'client', 'template', 'domain'],
    parts: {
      facts: {
        plan: 'paid',
        program: 'research',
        payer: 'own',
        domain: [
          [0.7, 'group'],
          [0.3, 'freemail'],
        ],
      },
      uses: [
        {
          pace: { load: 'night', perDay: [120, 0.5], weekend: 1, burst: 0.4 },
          where: institute,
          client: script,
          says: {
            frame: 'Code the answer with one of 31 categories and rate your certainty from 1 to 5.',
            task: 'data',
            sentences: [1, 2],
            grading: 0.2,
          },
          follows: 'pinned',
        },
      ],
    },
  },
  {
    name: 'dictation',
    about: 'doctors in several hospitals with one dictation app: transcripts made clean, all shift long',
    size: [25, 90],
    shares: ['address', 'client', 'template', 'domain'],
    parts: {
      facts: {
        plan: 'paid',
        payer: [
          [0.5, 'own'],
          [0.5, { per: 4 }],
        ],
        domain: [
          [0.6, { throwaway: 5 }],
          [0.4, 'any'],
        ],
      },
      uses: [
        {
          pace: { sit: 'shift', perDay: [30, 0.5], weekend: 0.5 },
          where: [
            [0.8, { keeps: hospital }],
            [0.2, 'phone'],
          ],
          client: dictaphone,
          says: { frame: 'Clean this dictation. Keep every finding and dose.', topics: ['health', 'biology'], sentences: [3, 9] },
          system: 'Medical scribe NAME.',
        },
      ],
    },
  },
  {
    name: 'franchise-descriptions',
    about: 'shop owners of one franchise with its product text tool; each pays, the mail domain is the franchise',
    size: [25, 90],
    shares: ['client', 'template', 'domain'],
    parts: {
      facts: {
        plan: 'paid',
        payer: 'own',
        domain: [
          [0.8, 'group'],
          [0.2, 'freemail'],
        ],
      },
      uses: [
        {
          pace: { sit: 'office', perDay: [12, 0.9], weekend: 0.6 },
          where: 'home',
          client: shopTool,
          says: {
            frame: 'Write a product description of 80 words in the NAME voice, and five search terms.',
            topics: ['trade', 'kitchen', 'garden'],
            sentences: [1, 2],
          },
        },
      ],
    },
  },
  {
    name: 'red-team',
    about: 'red-teamers whom the provider itself pays: sprints of attack prompts, credits, each behind some VPN',
    size: [15, 50],
    shares: ['template', 'referrer', 'sign-up day'],
    turn: { day: [3, 9], spread: 24 },
    parts: {
      born: { hours: [-40, -2] },
      facts: { plan: 'paid', program: 'research', payer: 'none', verification: 'identity', referrer: 'group' },
      uses: [
        {
          from: 0,
          pace: { sit: 'person', perDay: [50, 0.6], weekend: 0.6 },
          where: [
            [0.6, 'vpn'],
            [0.4, 'home'],
          ],
          client: [
            [2, 'any'],
            [1, 'console'],
          ],
          says: attacks,
          follows: 'immediate',
        },
      ],
    },
  },
  {
    name: 'essay-marking',
    about: 'teachers of a school who mark essays with one rubric, from the staff room',
    size: [10, 40],
    shares: ['address', 'template', 'domain'],
    land: 'one',
    parts: {
      facts: {
        plan: 'paid',
        program: 'education',
        payer: [
          [0.6, 'none'],
          [0.4, 'own'],
        ],
        domain: 'group',
      },
      uses: [
        {
          pace: { sit: 'school', perDay: [20, 0.7], weekend: 0.4, zone: 'group' },
          where: [
            [0.6, school],
            [0.4, 'home'],
          ],
          client: 'console',
          says: {
            frame: 'Mark this essay. Structure, argument, language: 0 to 10 each, with a sentence of praise and one of advice.',
            topics: ['school', 'stories'],
            sentences: [4, 10],
            grading: 0.5,
          },
        },
      ],
    },
  },
  {
    name: 'tutoring-app',
    about: 'children with one tutoring app that explains each step; parents pay, phones and homes',
    size: [40, 130],
    shares: ['client', 'template'],
    parts: {
      facts: { plan: 'paid', payer: 'own', domain: 'freemail' },
      uses: [
        {
          pace: { sit: 'evening', perDay: [9, 0.8], weekend: 0.8 },
          where: [
            [0.6, 'home'],
            [0.4, 'phone'],
          ],
          client: tutor,
          says: { set: ['sums', 'logic'], wordings: 30, elicits: 0.8 },
          system: 'You are tutor NAME. Explain every step so that a child of ten can follow.',
        },
      ],
    },
  },
  {
    name: 'paid-evaluators',
    about: 'raters of an evaluation firm that works for the provider: which of two answers is better, in shifts, at home',
    size: [20, 70],
    shares: ['client', 'template', 'sign-up day', 'referrer'],
    turn: { day: [1, 6], spread: 20 },
    parts: {
      born: { hours: [-24, 0] },
      facts: { plan: 'paid', payer: 'none', verification: 'identity', referrer: 'group', domain: 'any' },
      uses: [
        {
          from: 0,
          pace: { sit: 'shift', perDay: [45, 0.4], weekend: 0.5 },
          where: 'home',
          client: judgeTool,
          says: judged,
          follows: 'immediate',
        },
      ],
    },
  },
];
